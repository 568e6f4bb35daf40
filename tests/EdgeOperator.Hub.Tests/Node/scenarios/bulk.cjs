'use strict';
const { assert, registry, name, fails, createDevice, run, call, policyToken } = require('./lib.cjs');

const body = async promise => (await promise).responseBody;
const bulk = async items => {
  const { status, headers, text } = await call('POST', '/devices?api-version=2021-04-12', { token: policyToken(), body: JSON.stringify(items) });
  return { status, code: headers['iothub-errorcode'], ...JSON.parse(text) };
};

run(async () => {
  const ids = [...Array(100).keys()].map(i => name(`bulk${i}`));
  const added = await body(registry.addDevices(ids.map(deviceId => ({ deviceId, status: 'disabled' }))));
  assert.deepEqual(added, { isSuccessful: true, errors: [], warnings: [] });
  const first = await body(registry.get(ids[0]));
  assert.equal(first.status, 'disabled');
  assert.ok(first.authentication.symmetricKey.primaryKey);

  await registry.updateDevices(ids.slice(0, 2).map(deviceId => ({ deviceId, status: 'enabled' })), true);
  assert.equal((await body(registry.get(ids[1]))).status, 'enabled');
  assert.equal((await body(registry.get(ids[1]))).authentication.symmetricKey.primaryKey.length > 0, true);

  // One that is not as it was read, and one that is: each by itself.
  const [one, two] = [await body(registry.get(ids[0])), await body(registry.get(ids[1]))];
  await registry.update({ deviceId: ids[0], statusReason: 'changed meanwhile' });
  const mixed = await bulk([{ id: ids[0], eTag: one.etag, importMode: 'updateIfMatchETag', status: 'disabled' }, { id: ids[1], eTag: two.etag, importMode: 'updateIfMatchETag', status: 'disabled' }]);
  assert.equal(mixed.status, 400);
  assert.equal(mixed.code, 'BulkRegistryOperationFailure');
  assert.equal(mixed.isSuccessful, false);
  assert.deepEqual(mixed.errors.map(e => [e.deviceId, e.errorCode]), [[ids[0], 'PreconditionFailed']]);
  assert.equal((await body(registry.get(ids[1]))).status, 'disabled');

  // Twins, modules, and what is there already.
  const id = name('all');
  const created = await bulk([
    { id, importMode: 'create', capabilities: { iotEdge: true }, tags: { site: 'x' }, properties: { desired: { a: 1 } } },
    { id, moduleId: 'm', importMode: 'create' },
    { id: ids[2], importMode: 'create' },
    { id: ids[3], importMode: 'createOrUpdate', status: 'enabled' },
    { id: ids[4], importMode: 'updateTwin', tags: { site: 'y' } },
    { id: 'not there', importMode: 'delete' },
    { id: 'not-there', importMode: 'delete' },
    { id: ids[5], importMode: 'paint' },
  ]);
  assert.deepEqual(created.errors.map(e => [e.deviceId, e.errorCode]), [[ids[2], 'DeviceAlreadyExists'], ['not there', 'DeviceNotFound'], ['not-there', 'DeviceNotFound'], [ids[5], 'ArgumentInvalid']]);
  const twin = await body(registry.getTwin(id));
  assert.deepEqual([twin.tags, twin.properties.desired.a, twin.capabilities.iotEdge], [{ site: 'x' }, 1, true]);
  assert.equal((await body(registry.getModule(id, 'm'))).moduleId, 'm');
  assert.equal((await body(registry.get(ids[3]))).status, 'enabled');
  assert.equal((await body(registry.getTwin(ids[4]))).tags.site, 'y');
  const stale = await bulk([{ id: ids[4], importMode: 'updateTwinIfMatchETag', twinETag: 'AAAAAAAAAAE=', tags: { site: 'z' } }]);
  assert.deepEqual(stale.errors.map(e => e.errorCode), ['PreconditionFailed']);

  // All or nothing of what is no request.
  assert.equal((await bulk(Array(101).fill({ id: 'x', importMode: 'create' }))).Message.split(';')[0], 'ErrorCode:TooManyDevices');
  assert.equal((await bulk([{ id: 'x', importMode: 'create' }, { id: 'x', importMode: 'create' }])).Message.split(';')[0], 'ErrorCode:DeviceDefinedMultipleTimes');
  assert.equal((await bulk([{ importMode: 'create' }])).status, 400);
  assert.equal((await bulk({ id: 'x' })).status, 400);
  await fails(registry.get('x'), e => assert.equal(e.name, 'DeviceNotFoundError'));

  await registry.removeDevices(ids.map(deviceId => ({ deviceId })), true);
  await fails(registry.get(ids[99]), e => assert.equal(e.name, 'DeviceNotFoundError'));
  await fails(registry.removeDevices([{ deviceId: ids[0] }], true), e => { assert.equal(e.name, 'ArgumentError'); assert.match(e.responseBody, /"errorCode":"DeviceNotFound"/); });
});
