'use strict';
// The hub of this scenario takes one request and one message a second: what the SDK makes of being too fast.
const { assert, registry, Client, transport, within, createDevice, connectionString, run } = require('./lib.cjs');

const failed = async attempt => {
  for (;;) {
    try { await attempt(); } catch (error) { return error; }
  }
};

run(async () => {
  const identity = await createDevice();
  assert.equal((await within(failed(() => registry.get(identity.deviceId)), 'a service that is too fast')).name, 'ThrottlingError');

  const client = Client.fromConnectionString(connectionString(identity), transport('azure-iot-device-mqtt', 'Mqtt'));
  client.setRetryPolicy(new (require('azure-iot-common').NoRetry)());
  await within(client.open(), 'open');
  // For a device, the SDK makes an error of the answer's body alone.
  assert.match((await within(failed(() => client.getTwin()), 'a device that is too fast')).message, /too many requests: try again later/);
  await client.close();
});
