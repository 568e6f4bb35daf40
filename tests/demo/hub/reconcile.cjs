// Has a device run a pass now, by a direct method: CONNECTION DEVICE.
const { Client } = require('azure-iothub');
const [connection, device] = process.argv.slice(2);
Client.fromConnectionString(connection).invokeDeviceMethod(device, { methodName: 'reconcile', payload: { reason: 'a demo' }, responseTimeoutInSeconds: 60 })
  .then(({ result }) => console.log(`status ${result.status}: ${result.payload.conditions.find((c) => c.type === 'Ready').message}`), (error) => { console.error(error); process.exitCode = 1; });
