// Sends a deployment to a device, as `az iot edge set-modules` does: CONNECTION DEVICE MODULE IMAGE.
const { Registry } = require('azure-iothub');
const [connection, device, name, image] = process.argv.slice(2);
const modules = { [name]: { type: 'docker', version: '1.0', status: 'running', restartPolicy: 'always', settings: { image, createOptions: '{}' } } };
const content = { modulesContent: { $edgeAgent: { 'properties.desired': { schemaVersion: '1.1', runtime: { type: 'docker', settings: {} }, systemModules: {}, modules } } } };
Registry.fromConnectionString(connection).applyConfigurationContentOnDevice(device, content)
  .then(() => console.log(`deployed ${name} to ${device}`), (error) => { console.error(error); process.exitCode = 1; });
