'use strict';
const { assert, registry, service, ModuleClient, Message, transport, within, once, subscribed, invoked, createDevice, connectionString, report, respond, telemetryOf, run } = require('./lib.cjs');

run(async () => {
  const { deviceId } = await createDevice();
  const module_ = (await registry.addModule({ deviceId, moduleId: 'm/1'.replace('/', '-') })).responseBody;
  const client = ModuleClient.fromConnectionString(connectionString(module_), transport('azure-iot-device-mqtt', 'Mqtt'));
  await within(client.open(), 'open');
  const twin = await within(client.getTwin(), 'twin');
  await report(twin, { by: 'module' });
  assert.equal((await registry.getModuleTwin(deviceId, module_.moduleId)).responseBody.properties.reported.by, 'module');
  assert.equal((await registry.getTwin(deviceId)).responseBody.properties.reported.by, undefined);
  await subscribed(twin);
  const changed = once(twin, 'properties.desired', delta => delta.a === 1);
  await registry.updateModuleTwin(deviceId, module_.moduleId, { properties: { desired: { a: 1 } } }, '*');
  await changed;

  await within(client.sendOutputEvent('out', new Message('hello')), 'output');
  const [sent] = await telemetryOf(deviceId);
  assert.equal(sent.moduleId, module_.moduleId);
  assert.equal(sent.properties['$.on'], 'out');

  client.onMethod('ping', (_, response) => respond(response, 200, 'pong'));
  const answer = await invoked(() => service.invokeDeviceMethod(deviceId, module_.moduleId, { methodName: 'ping', payload: null, responseTimeoutInSeconds: 10, connectTimeoutInSeconds: 10 }));
  assert.equal(answer.result.payload, 'pong');
  await client.close();
});
