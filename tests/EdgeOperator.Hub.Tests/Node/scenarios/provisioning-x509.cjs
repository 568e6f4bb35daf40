'use strict';
const { assert, Client, host, name, transport, within, fails, certificate, report, run } = require('./lib.cjs');
const { ProvisioningDeviceClient } = require('azure-iot-provisioning-device');
const { ProvisioningServiceClient } = require('azure-iot-provisioning-service');
const { X509Security } = require('azure-iot-security-x509');

const register = (id, { cert, key }) => {
  const client = ProvisioningDeviceClient.create(host, process.env.ID_SCOPE, new (transport(process.argv[2], process.argv[3]))(), new X509Security(id, { cert, key }));
  return within(client.register(), 'registration', 40000);
};

const connect = async ({ assignedHub, deviceId }, { cert, key }) => {
  const client = Client.fromConnectionString(`HostName=${assignedHub};DeviceId=${deviceId};x509=true`, transport('azure-iot-device-mqtt', 'Mqtt'));
  await client.setOptions({ cert, key });
  await within(client.open(), 'open');
  await report(await within(client.getTwin(), 'twin'), { here: true });
  await client.close();
};

run(async () => {
  const service = ProvisioningServiceClient.fromConnectionString(process.env.PROVISIONING);
  const own = name('x509-own').toLowerCase();
  const self = certificate(own);
  await service.createOrUpdateIndividualEnrollment({ registrationId: own, attestation: { type: 'x509', x509: { clientCertificates: { primary: { certificate: self.cert } } } } });
  await connect(await register(own, self), self);
  await fails(register(own, certificate(own)), () => {});

  const root = certificate('a root');
  const groupId = name('x509-group').toLowerCase();
  await service.createOrUpdateEnrollmentGroup({ enrollmentGroupId: groupId, attestation: { type: 'x509', x509: { signingCertificates: { primary: { certificate: root.cert } } } } });
  const id = name('x509-leaf').toLowerCase();
  const leaf = certificate(id, root);
  await connect(await register(id, leaf), leaf);
  await fails(register(name('other').toLowerCase(), leaf), () => {});
  await fails(register(id, certificate(id, certificate('another root'))), () => {});
});
