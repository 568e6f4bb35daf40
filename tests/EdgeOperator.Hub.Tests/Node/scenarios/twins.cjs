'use strict';
const { assert, registry, fails, createDevice, run } = require('./lib.cjs');

run(async () => {
  const { deviceId } = await createDevice();
  const fresh = (await registry.getTwin(deviceId)).responseBody;
  assert.equal(fresh.version, 1);
  assert.equal(fresh.properties.desired.$version, 1);
  assert.equal(fresh.properties.reported.$version, 1);

  const patched = (await registry.updateTwin(deviceId, { tags: { site: 'x' }, properties: { desired: { a: { b: 1, c: 2 } } } }, fresh.etag)).responseBody;
  assert.equal(patched.properties.desired.$version, 2);
  assert.equal(patched.properties.desired.$metadata.a.b.$lastUpdatedVersion, 2);
  assert.notEqual(patched.etag, fresh.etag);
  await fails(registry.updateTwin(deviceId, { tags: { site: 'y' } }, fresh.etag), e => assert.equal(e.name, 'InvalidEtagError'));

  const merged = (await registry.updateTwin(deviceId, { properties: { desired: { a: { b: null } } } }, '*')).responseBody;
  assert.deepEqual(merged.properties.desired.a, { c: 2 });
  assert.equal(merged.tags.site, 'x');

  const { responseBody: twin } = await registry.getTwin(deviceId);
  await twin.update({ tags: { through: 'twin' } });
  assert.equal((await registry.getTwin(deviceId)).responseBody.tags.through, 'twin');

  await fails(registry.updateTwin(deviceId, { tags: { 'a.b': 1 } }, '*'), e => {
    assert.equal(e.name, 'ArgumentError');
    assert.match(e.message, /tags.*a\.b/);
  });
  await fails(registry.updateTwin(deviceId, { properties: { desired: { big: 'x'.repeat(5000) } } }, '*'), e => assert.equal(e.name, 'ArgumentError'));
  const large = Object.fromEntries([...Array(20).keys()].map(i => [`k${i}`, 'x'.repeat(2000)]));
  await fails(registry.updateTwin(deviceId, { properties: { desired: large } }, '*'), e => assert.equal(e.response.statusCode, 403));
  await fails(registry.getTwin('not-there'), e => assert.equal(e.name, 'DeviceNotFoundError'));
});
