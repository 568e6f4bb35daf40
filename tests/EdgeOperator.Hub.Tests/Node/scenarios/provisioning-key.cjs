'use strict';
const { assert, registry, Client, host, name, transport, within, fails, report, run } = require('./lib.cjs');
const crypto = require('node:crypto');
const { ProvisioningDeviceClient } = require('azure-iot-provisioning-device');
const { ProvisioningServiceClient } = require('azure-iot-provisioning-service');
const { SymmetricKeySecurityClient } = require('azure-iot-security-symmetric-key');

const register = (id, key) => {
  const client = ProvisioningDeviceClient.create(host, process.env.ID_SCOPE, new (transport(process.argv[2], process.argv[3]))(), new SymmetricKeySecurityClient(id, key));
  return within(client.register(), 'registration', 40000);
};

run(async () => {
  const service = ProvisioningServiceClient.fromConnectionString(process.env.PROVISIONING);
  const groupId = name('group').toLowerCase();
  const group = (await service.createOrUpdateEnrollmentGroup({
    enrollmentGroupId: groupId,
    attestation: { type: 'symmetricKey', symmetricKey: {} },
    provisioningStatus: 'enabled',
    initialTwin: { tags: { from: groupId }, properties: { desired: { start: 1 } } },
  })).responseBody;
  const { primaryKey } = group.attestation.symmetricKey;
  const derive = id => crypto.createHmac('sha256', Buffer.from(primaryKey, 'base64')).update(id).digest('base64');

  const id = name('by-group').toLowerCase();
  const result = await register(id, derive(id));
  assert.equal(result.status, 'assigned');
  assert.equal(result.assignedHub, host);
  assert.equal(result.deviceId, id);
  assert.equal(result.substatus, 'initialAssignment');

  // The key goes on as the device's.
  const client = Client.fromConnectionString(`HostName=${result.assignedHub};DeviceId=${result.deviceId};SharedAccessKey=${derive(id)}`, transport('azure-iot-device-mqtt', 'Mqtt'));
  await within(client.open(), 'open');
  const twin = await within(client.getTwin(), 'twin');
  assert.equal(twin.properties.desired.start, 1);
  await report(twin, { provisioned: true });
  await client.close();
  assert.equal((await registry.getTwin(id)).responseBody.tags.from, groupId);

  // Again: the same device, with all it has.
  assert.equal((await register(id, derive(id))).deviceId, id);
  assert.equal((await registry.getTwin(id)).responseBody.properties.reported.provisioned, true);

  // The group's key is no device's; another device's key is not this one's.
  await fails(register(name('x'), primaryKey), () => {});
  await fails(register(name('x'), derive(id)), () => {});

  const own = name('individual').toLowerCase();
  const enrollment = (await service.createOrUpdateIndividualEnrollment({ registrationId: own, deviceId: `${own}-device`, attestation: { type: 'symmetricKey', symmetricKey: {} } })).responseBody;
  const key = enrollment.attestation.symmetricKey.primaryKey;
  assert.equal((await register(own, key)).deviceId, `${own}-device`);
  assert.equal((await service.getIndividualEnrollment(own)).responseBody.registrationId, own);
  await service.createOrUpdateIndividualEnrollment({ ...enrollment, provisioningStatus: 'disabled' });
  await fails(register(own, key), () => {});
  await service.deleteIndividualEnrollment(own);
  await service.deleteEnrollmentGroup(groupId);
  await fails(register(name('late'), derive('late')), () => {});
});
