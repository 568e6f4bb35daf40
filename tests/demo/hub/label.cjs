// Gives a device another label, by a patch of its twin: CONNECTION DEVICE SITE.
const { Registry } = require('azure-iothub');
const [connection, device, site] = process.argv.slice(2);
Registry.fromConnectionString(connection).updateTwin(device, { tags: { labels: { site } } }, '*')
  .then(({ responseBody }) => console.log(JSON.stringify(responseBody.tags)), (error) => { console.error(error); process.exitCode = 1; });
