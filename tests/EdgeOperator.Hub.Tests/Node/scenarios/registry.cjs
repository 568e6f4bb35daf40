'use strict';
const { assert, registry, name, fails, createDevice, keyOf, run, Client, connectionString } = require('./lib.cjs');

run(async () => {
  const id = name('registry');
  const created = await createDevice(id);
  assert.equal(created.deviceId, id);
  assert.equal(created.status, 'enabled');
  assert.equal(created.connectionState, 'Disconnected');
  assert.equal(created.authentication.type, 'sas');
  assert.ok(Buffer.from(keyOf(created), 'base64').length >= 16);
  assert.notEqual(keyOf(created), created.authentication.symmetricKey.secondaryKey);

  await fails(registry.create({ deviceId: id }), e => assert.equal(e.name, 'DeviceAlreadyExistsError'));
  await fails(registry.get('not-there'), e => assert.equal(e.name, 'DeviceNotFoundError'));
  await fails(registry.delete('not-there'), e => assert.equal(e.name, 'DeviceNotFoundError'));
  await fails(registry.create({ deviceId: 'with space' }), e => assert.equal(e.name, 'ArgumentError'));

  const got = (await registry.get(id)).responseBody;
  assert.equal(keyOf(got), keyOf(created));
  const key = Buffer.from('a key of thirty-two bytes, not 31').toString('base64');
  const updated = (await registry.update({ deviceId: id, status: 'disabled', statusReason: 'stolen', authentication: { symmetricKey: { primaryKey: key } } })).responseBody;
  assert.equal(updated.status, 'disabled');
  assert.equal(updated.statusReason, 'stolen');
  assert.equal(keyOf(updated), key);
  assert.notEqual(updated.etag, created.etag);
  await fails(registry.update({ deviceId: 'not-there' }), e => assert.equal(e.name, 'DeviceNotFoundError'));

  const thumb = 'A'.repeat(40);
  const x509 = await createDevice(name('x509'), { authentication: { x509Thumbprint: { primaryThumbprint: thumb } } });
  assert.equal(x509.authentication.type, 'selfSigned');
  assert.equal(x509.authentication.x509Thumbprint.primaryThumbprint, thumb);
  assert.equal(x509.authentication.symmetricKey.primaryKey, null);
  await fails(registry.create({ deviceId: name('bad'), authentication: { x509Thumbprint: { primaryThumbprint: 'XYZ' } } }), e => assert.equal(e.name, 'ArgumentError'));

  const edge = await createDevice(name('edge'), { capabilities: { iotEdge: true } });
  assert.equal(edge.capabilities.iotEdge, true);
  const modules = (await registry.getModulesOnDevice(edge.deviceId)).responseBody;
  assert.deepEqual(modules.map(m => m.moduleId), ['$edgeAgent', '$edgeHub']);

  // Every character that a name may have.
  const strange = `${name('n')}-.+%_#*?!(),:=@$'%2F`;
  assert.equal((await createDevice(strange)).deviceId, strange);
  assert.equal((await registry.get(strange)).responseBody.deviceId, strange);
  await registry.delete(strange);

  const list = (await registry.list()).responseBody;
  assert.ok(list.some(d => d.deviceId === id));
  const statistics = (await registry.getRegistryStatistics()).responseBody;
  assert.equal(statistics.totalDeviceCount, statistics.enabledDeviceCount + statistics.disabledDeviceCount);
  assert.ok(statistics.disabledDeviceCount >= 1);

  await registry.delete(id);
  await fails(registry.get(id), e => assert.equal(e.name, 'DeviceNotFoundError'));
});
