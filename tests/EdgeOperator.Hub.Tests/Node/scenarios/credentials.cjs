'use strict';
// Who may not connect, and who may: the second key, a policy's token.
const { assert, registry, Client, transport, within, fails, createDevice, connectionString, keyOf, host, run } = require('./lib.cjs');
const { SharedAccessSignature } = require('azure-iot-common');

const open = text => {
  const client = Client.fromConnectionString(text, transport('azure-iot-device-mqtt', 'Mqtt'));
  return within(client.open(), 'open').then(() => client);
};

run(async () => {
  const identity = await createDevice();
  const other = await createDevice();
  const unauthorized = e => assert.equal(e.name, 'UnauthorizedError');
  await fails(open(connectionString(identity, keyOf(other))), unauthorized);
  await fails(open(connectionString({ deviceId: 'not-there' }, keyOf(other))), unauthorized);
  await (await open(connectionString(identity, identity.authentication.symmetricKey.secondaryKey))).close();

  const token = (resource, key, policy, seconds = 3600) => SharedAccessSignature.create(resource, policy, key, Math.ceil(Date.now() / 1000) + seconds).toString();
  const withToken = text => {
    const client = Client.fromSharedAccessSignature(text, transport('azure-iot-device-mqtt', 'Mqtt'));
    return within(client.open(), 'open').then(() => client.close());
  };
  await withToken(token(`${host}/devices/${identity.deviceId}`, keyOf(identity), undefined));
  await fails(withToken(token(`${host}/devices/${identity.deviceId}`, keyOf(identity), undefined, -3600)), unauthorized);

  // Disabling ends the connection and keeps the device out.
  await open(connectionString(identity));
  await registry.update({ deviceId: identity.deviceId, status: 'disabled' });
  await within((async () => {
    while ((await registry.get(identity.deviceId)).responseBody.connectionState !== 'Disconnected') await new Promise(r => setTimeout(r, 50));
  })(), 'disconnected');
  await fails(open(connectionString(identity)), unauthorized);
});
