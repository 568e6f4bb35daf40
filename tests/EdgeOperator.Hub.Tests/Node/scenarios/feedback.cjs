'use strict';
const { assert, name, createDevice, run, until, call, policyToken, Client, transport, connectionString, within, once } = require('./lib.cjs');

const token = policyToken();
const send = async (device, id, ack, headers = {}) => {
  const { status, text } = await call('POST', `/devices/${device}/messages/devicebound`, { token, body: id, headers: { 'iothub-messageid': id, 'iothub-ack': ack, ...headers } });
  assert.equal(status, 202, text);
};
const receive = () => call('GET', '/messages/serviceBound/feedback?api-version=2021-04-12', { token });
const end = (method, lock, what = '') => call(method, `/messages/serviceBound/feedback/${lock}${what}?api-version=2021-04-12`, { token });

run(async () => {
  const identity = await createDevice();
  const id = identity.deviceId;

  for (const ack of ['positive', 'negative', 'full', 'none']) await send(id, `${id}-${ack}`, ack);
  const client = Client.fromConnectionString(connectionString(identity), transport('azure-iot-device-mqtt', 'Mqtt'));
  let received = 0;
  client.on('message', async message => { await client.complete(message); received++; });
  await within(client.open(), 'open');
  await until(() => received, n => n === 4);
  await client.close();

  // What was completed is told to those who asked for it; a batch that is abandoned comes again.
  const told = new Map();
  const first = await until(receive, a => a.status === 200);
  const lock = first.headers.etag.replaceAll('"', '');
  assert.equal((await end('POST', lock, '/abandon')).status, 204);
  assert.equal((await end('DELETE', lock)).status, 412);
  const drain = async done => until(async () => {
    const batch = await receive();
    if (batch.status === 200) {
      for (const f of JSON.parse(batch.text)) if (f.deviceId === id) told.set(f.originalMessageId, f);
      assert.equal((await end('DELETE', batch.headers.etag.replaceAll('"', ''))).status, 204);
    }
    return told;
  }, done);
  await drain(t => t.size === 2);
  assert.deepEqual([...told.keys()].sort(), [`${id}-full`, `${id}-positive`]);
  assert.equal(told.get(`${id}-full`).statusCode, 'Success');
  assert.equal(told.get(`${id}-full`).deviceGenerationId, identity.generationId);
  assert.ok(told.get(`${id}-full`).enqueuedTimeUtc);

  // What never arrives, because it is purged or too old.
  told.clear();
  await send(id, `${id}-late`, 'negative', { 'iothub-expiry': new Date(Date.now() + 300).toISOString() });
  await send(id, `${id}-gone`, 'full');
  await drain(t => t.size === 1);
  assert.equal(told.get(`${id}-late`).statusCode, 'Expired');
  const purged = await call('DELETE', `/devices/${id}/commands?api-version=2021-04-12`, { token });
  assert.equal(JSON.parse(purged.text).totalMessagesPurged, 1);
  await drain(t => t.size === 2);
  assert.equal(told.get(`${id}-gone`).statusCode, 'Purged');

  const bad = await call('POST', `/devices/${id}/messages/devicebound`, { token, body: 'x', headers: { 'iothub-ack': 'maybe' } });
  assert.equal(bad.status, 400);
  const past = await call('POST', `/devices/${id}/messages/devicebound`, { token, body: 'x', headers: { 'iothub-expiry': '2020-01-01T00:00:00Z' } });
  assert.equal(past.status, 400);
});
