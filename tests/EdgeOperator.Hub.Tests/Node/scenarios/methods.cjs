'use strict';
const { assert, service, Client, transport, within, fails, createDevice, connectionString, respond, run } = require('./lib.cjs');

run(async () => {
  const identity = await createDevice();
  const invoke = (methodName, extra = {}) => service.invokeDeviceMethod(identity.deviceId, { methodName, payload: { x: 1 }, responseTimeoutInSeconds: 10, ...extra });

  await fails(invoke('reboot'), e => {
    assert.equal(e.response.statusCode, 404);
    assert.match(e.responseBody ?? e.message, /404103/);
  });
  await fails(service.invokeDeviceMethod('not-there', { methodName: 'x' }), e => assert.equal(e.name, 'DeviceNotFoundError'));

  // A call waits for a device that connects in time.
  const waiting = invoke('reboot', { connectTimeoutInSeconds: 20 });
  const client = Client.fromConnectionString(connectionString(identity), transport('azure-iot-device-mqtt', 'Mqtt'));
  client.onDeviceMethod('reboot', (request, response) => {
    assert.deepEqual(request.payload, { x: 1 });
    respond(response, 200, { done: true });
  });
  client.onDeviceMethod('fail', (_, response) => respond(response, 500, 'no'));
  client.onDeviceMethod('silent', () => {});
  await within(client.open(), 'open');
  assert.deepEqual((await within(waiting, 'waiting method')).result, { status: 200, payload: { done: true } });
  assert.deepEqual((await invoke('fail')).result, { status: 500, payload: 'no' });
  await fails(invoke('silent', { responseTimeoutInSeconds: 5 }), e => assert.equal(e.response.statusCode, 504));
  await fails(invoke('a/b'), e => assert.equal(e.name, 'ArgumentError'));
  await client.close();
  await fails(invoke('reboot'), e => assert.equal(e.response.statusCode, 404));
});
