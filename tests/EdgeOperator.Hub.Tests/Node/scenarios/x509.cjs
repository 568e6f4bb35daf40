'use strict';
const { assert, registry, Client, name, host, transport, within, fails, createDevice, certificate, report, run } = require('./lib.cjs');

run(async () => {
  const id = name('x509');
  const own = certificate(id);
  const other = certificate(id);
  await createDevice(id, { authentication: { type: 'selfSigned', x509Thumbprint: { primaryThumbprint: own.thumbprint } } });
  for (const type of ['Mqtt', 'MqttWs']) {
    const client = Client.fromConnectionString(`HostName=${host};DeviceId=${id};x509=true`, transport('azure-iot-device-mqtt', type));
    await client.setOptions({ cert: own.cert, key: own.key });
    await within(client.open(), 'open');
    await report(await within(client.getTwin(), 'twin'), { over: type });
    await client.close();
  }
  assert.equal((await registry.getTwin(id)).responseBody.properties.reported.over, 'MqttWs');

  const wrong = Client.fromConnectionString(`HostName=${host};DeviceId=${id};x509=true`, transport('azure-iot-device-mqtt', 'Mqtt'));
  await wrong.setOptions({ cert: other.cert, key: other.key });
  await fails(within(wrong.open(), 'open'), e => assert.equal(e.name, 'UnauthorizedError'));
});
