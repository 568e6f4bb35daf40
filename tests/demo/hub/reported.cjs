// Prints what a device reports of its deployment: CONNECTION DEVICE MODULE.
const { Registry } = require('azure-iothub');
const [connection, device, name] = process.argv.slice(2);
const registry = Registry.fromConnectionString(connection);
const read = async () => {
  for (let left = 60; ; left--) {
    const { lastDesiredStatus, modules } = (await registry.getModuleTwin(device, '$edgeAgent')).responseBody.properties.reported;
    if (lastDesiredStatus?.code === 200 && modules?.[name]?.runtimeStatus === 'running' || left === 0)
      return { lastDesiredStatus, [name]: { runtimeStatus: modules?.[name]?.runtimeStatus, restartCount: modules?.[name]?.restartCount } };
    await new Promise((next) => setTimeout(next, 1000));
  }
};
read().then((reported) => console.log(JSON.stringify(reported, null, 2)), (error) => { console.error(error); process.exitCode = 1; });
