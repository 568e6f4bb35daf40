'use strict';
// Many enrollments by one request, and queries over them.
const { ProvisioningServiceClient } = require('azure-iot-provisioning-service');
const { assert, name, fails, run } = require('./lib.cjs');

const service = ProvisioningServiceClient.fromConnectionString(process.env.PROVISIONING);
const body = async promise => (await promise).responseBody;
const all = async query => {
  const items = [];
  let pages = 0;
  do { items.push(...(await query.next(query.continuationToken)).responseBody); pages++; } while (query.hasMoreResults);
  return { items, pages };
};
// Its promise is never kept: the SDK answers to a callback only.
const bulk = (mode, enrollments) => new Promise((resolve, reject) =>
  service.runBulkEnrollmentOperation({ mode, enrollments }, (error, result) => error ? reject(error) : resolve(result)));

run(async () => {
  const prefix = name('enrollment');
  const enrollments = [...Array(5).keys()].map(i => ({ registrationId: `${prefix}-${i}`, attestation: { type: 'symmetricKey', symmetricKey: { primaryKey: '', secondaryKey: '' } } }));
  assert.deepEqual(await bulk('create', enrollments), { isSuccessful: true, errors: [] });
  const read = await body(service.getIndividualEnrollment(`${prefix}-1`));
  assert.equal(read.registrationId, `${prefix}-1`);
  assert.ok((await body(service.getIndividualEnrollmentAttestationMechanism(`${prefix}-1`))).symmetricKey.primaryKey);

  const again = await bulk('create', [enrollments[0], { ...enrollments[0], registrationId: `${prefix}-new` }, { registrationId: `${prefix}-bad`, attestation: { type: 'tpm' } }]);
  assert.equal(again.isSuccessful, false);
  assert.deepEqual(again.errors.map(e => e.registrationId), [`${prefix}-0`, `${prefix}-bad`]);
  await bulk('update', [{ ...enrollments[2], provisioningStatus: 'disabled' }]);
  assert.equal((await body(service.getIndividualEnrollment(`${prefix}-2`))).provisioningStatus, 'disabled');
  assert.equal((await bulk('updateIfMatchETag', [{ ...enrollments[1], etag: '"AAAA"' }])).isSuccessful, false);
  assert.equal((await bulk('updateIfMatchETag', [{ ...enrollments[1], etag: read.etag, provisioningStatus: 'disabled' }])).isSuccessful, true);

  const { items, pages } = await all(service.createIndividualEnrollmentQuery({ query: 'SELECT * FROM enrollments' }, 2));
  assert.ok(pages >= 3);
  assert.deepEqual(items.map(e => e.registrationId).filter(id => id.startsWith(prefix)), [...[0, 1, 2, 3, 4].map(i => `${prefix}-${i}`), `${prefix}-new`]);
  const some = await all(service.createIndividualEnrollmentQuery({ query: `SELECT * FROM enrollments WHERE provisioningStatus = 'disabled'` }));
  assert.deepEqual(some.items.map(e => e.registrationId).filter(id => id.startsWith(prefix)), [`${prefix}-1`, `${prefix}-2`]);
  await fails(all(service.createIndividualEnrollmentQuery({ query: 'SELECT * FROM things' })), e => assert.equal(e.response.statusCode, 400));

  const group = name('group');
  await service.createOrUpdateEnrollmentGroup({ enrollmentGroupId: group, attestation: { type: 'symmetricKey', symmetricKey: { primaryKey: '', secondaryKey: '' } } });
  assert.ok((await all(service.createEnrollmentGroupQuery({ query: 'SELECT * FROM enrollmentGroups' }))).items.some(g => g.enrollmentGroupId === group));
  assert.ok((await body(service.getEnrollmentGroupAttestationMechanism(group))).symmetricKey.primaryKey);
  assert.deepEqual((await all(service.createEnrollmentGroupDeviceRegistrationStateQuery({ query: '*' }, group))).items, []);

  assert.equal((await bulk('delete', [...enrollments, { registrationId: `${prefix}-new` }])).isSuccessful, true);
  await fails(service.getIndividualEnrollment(`${prefix}-0`), e => assert.equal(e.response.statusCode, 404));
  assert.equal((await bulk('delete', [enrollments[0]])).isSuccessful, false);
});
