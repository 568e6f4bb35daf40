'use strict';
const { assert, registry, Client, Message, name, transport, within, once, subscribed, fails, createDevice, connectionString, report, call, policyToken, telemetryOf, run } = require('./lib.cjs');

run(async () => {
  const identity = await createDevice();
  const client = Client.fromConnectionString(connectionString(identity), transport(process.argv[2], process.argv[3]));
  await within(client.open(), 'open');
  assert.equal((await registry.get(identity.deviceId)).responseBody.connectionState, 'Connected');

  // Telemetry, with properties, and readable.
  const message = new Message(JSON.stringify({ t: 21 }));
  message.messageId = 'm-1';
  message.contentType = 'application/json';
  message.properties.add('alert', 'high & low');
  await within(client.sendEvent(message), 'telemetry');
  const [sent] = await telemetryOf(identity.deviceId);
  assert.equal(Buffer.from(sent.body, 'base64').toString(), '{"t":21}');
  assert.equal(sent.properties.alert, 'high & low');
  assert.equal(sent.properties['$.mid'], 'm-1');
  assert.equal(sent.properties['$.ct'], 'application/json');

  // Twin: read, report, be told.
  await registry.updateTwin(identity.deviceId, { tags: { secret: 1 }, properties: { desired: { early: true } } }, '*');
  const twin = await within(client.getTwin(), 'twin');
  assert.equal(twin.properties.desired.early, true);
  assert.equal(twin.tags, undefined);
  await report(twin, { firmware: { version: '1.2' } });
  await report(twin, { firmware: { version: '1.3' }, gone: 1 });
  await report(twin, { gone: null });
  const reported = (await registry.getTwin(identity.deviceId)).responseBody.properties.reported;
  assert.deepEqual(reported.firmware, { version: '1.3' });
  assert.equal(reported.gone, undefined);
  assert.equal(reported.$version, 4);
  await subscribed(twin);
  const changed = once(twin, 'properties.desired', delta => delta.late === 'yes');
  await registry.updateTwin(identity.deviceId, { properties: { desired: { late: 'yes' } } }, '*');
  assert.equal((await changed).$version, 3);
  const replaced = once(twin, 'properties.desired', delta => delta.early === null);
  const answer = await call('PUT', `/twins/${identity.deviceId}?api-version=2021-04-12`, { token: policyToken(), body: '{"properties":{"desired":{"late":"yes","n":1}}}' });
  assert.equal(answer.status, 200, answer.text);
  assert.deepEqual({ ...(await replaced) }, { late: 'yes', n: 1, early: null, $version: 4 });

  // Refused, and the connection goes on.
  await fails(report(twin, { 'a b': 1 }), () => {});
  await fails(report(twin, Object.fromEntries([...Array(20).keys()].map(i => [`k${i}`, 'x'.repeat(2000)]))), () => {});
  await report(twin, { still: 'here' });

  // Cloud to device: in order, completed, with properties.
  const bodies = [];
  let completed = 0;
  const both = within(new Promise(resolve => client.on('message', async received => {
    bodies.push([received.getData().toString(), received.properties.getValue('color'), received.messageId]);
    await client.complete(received);
    if (++completed === 2) resolve();
  })), 'messages');
  for (const [i, body] of ['first', 'second'].entries()) {
    const { status, text } = await call('POST', `/devices/${identity.deviceId}/messages/devicebound`, { token: policyToken(), body, headers: { 'iothub-app-color': 'red', 'iothub-messageid': `c-${i}` } });
    assert.equal(status, 202, text);
  }
  await both;
  assert.deepEqual(bodies, [['first', 'red', 'c-0'], ['second', 'red', 'c-1']]);

  await client.close();
  await within((async () => {
    while ((await registry.get(identity.deviceId)).responseBody.connectionState !== 'Disconnected') await new Promise(r => setTimeout(r, 50));
  })(), 'disconnected');
  assert.equal((await registry.get(identity.deviceId)).responseBody.cloudToDeviceMessageCount, 0);
});
