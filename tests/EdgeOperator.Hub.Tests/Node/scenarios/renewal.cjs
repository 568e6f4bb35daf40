'use strict';
// The SDK renews its token by a new connection, and does not subscribe again: the hub must remember.
const { assert, registry, service, Client, transport, within, subscribed, createDevice, connectionString, report, respond, call, policyToken, run } = require('./lib.cjs');

run(async () => {
  const identity = await createDevice();
  const client = Client.fromConnectionString(connectionString(identity), transport('azure-iot-device-mqtt', 'Mqtt'));
  await client.setOptions({ tokenRenewal: { tokenValidTimeInSeconds: 16, tokenRenewalMarginInSeconds: 8 } });
  client.onDeviceMethod('ping', (_, response) => respond(response, 200, 'pong'));
  const received = [];
  client.on('message', message => { received.push(message.getData().toString()); client.complete(message, () => {}); });
  await within(client.open(), 'open');
  const twin = await within(client.getTwin(), 'twin');
  const changes = [];
  twin.on('properties.desired', delta => changes.push(delta));
  await subscribed(twin);

  // Each renewal is a connection of its own. Right after one there is time until the next: what is changed while a device is
  // not connected reaches no subscription, here as on IoT Hub.
  const connections = new Set();
  await within((async () => {
    while (connections.size < 3) {
      const { connectionState, connectionStateUpdatedTime } = (await registry.get(identity.deviceId)).responseBody;
      if (connectionState === 'Connected') connections.add(connectionStateUpdatedTime);
      await new Promise(r => setTimeout(r, 100));
    }
  })(), 'two renewals', 60000);

  await registry.updateTwin(identity.deviceId, { properties: { desired: { after: 'renewal' } } }, '*');
  await within((async () => { while (!changes.some(c => c.after === 'renewal')) await new Promise(r => setTimeout(r, 50)); })(), 'the change');
  await report(twin, { after: 'renewal' });
  const answer = await service.invokeDeviceMethod(identity.deviceId, { methodName: 'ping', payload: null, responseTimeoutInSeconds: 10, connectTimeoutInSeconds: 10 });
  assert.equal(answer.result.payload, 'pong');
  await call('POST', `/devices/${identity.deviceId}/messages/devicebound`, { token: policyToken(), body: 'after' });
  await within((async () => { while (!received.includes('after')) await new Promise(r => setTimeout(r, 50)); })(), 'message');
});
