'use strict';
const { assert, registry, name, fails, createDevice, run } = require('./lib.cjs');

run(async () => {
  const { deviceId } = await createDevice();
  const created = (await registry.addModule({ deviceId, moduleId: 'm1', managedBy: 'me' })).responseBody;
  assert.equal(created.moduleId, 'm1');
  assert.equal(created.managedBy, 'me');
  assert.ok(created.authentication.symmetricKey.primaryKey);
  await fails(registry.addModule({ deviceId, moduleId: 'm1' }), e => assert.match(e.message, /already registered/));
  await fails(registry.addModule({ deviceId: 'not-there', moduleId: 'm1' }), e => assert.equal(e.name, 'DeviceNotFoundError'));
  await fails(registry.getModule(deviceId, 'm2'), e => assert.match(`${e.name} ${e.message}`, /not registered|NotFound|Not found/i));

  await registry.addModule({ deviceId, moduleId: 'm2' });
  assert.deepEqual((await registry.getModulesOnDevice(deviceId)).responseBody.map(m => m.moduleId), ['m1', 'm2']);
  const twin = (await registry.getModuleTwin(deviceId, 'm1')).responseBody;
  assert.equal(twin.moduleId, 'm1');
  const patched = (await registry.updateModuleTwin(deviceId, 'm1', { properties: { desired: { a: 1 } } }, '*')).responseBody;
  assert.equal(patched.properties.desired.a, 1);
  assert.equal((await registry.getTwin(deviceId)).responseBody.properties.desired.a, undefined);

  await registry.removeModule(deviceId, 'm1');
  assert.deepEqual((await registry.getModulesOnDevice(deviceId)).responseBody.map(m => m.moduleId), ['m2']);
  await registry.delete(deviceId);
  await fails(registry.getModule(deviceId, 'm2'), e => assert.equal(e.name, 'DeviceNotFoundError'));
});
