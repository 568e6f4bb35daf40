'use strict';
// Automatic device management and deployments at scale, as `az iot hub configuration` and `az iot edge deployment` do them.
const { assert, registry, name, fails, createDevice, run, until, call, policyToken, Client, ModuleClient, transport, connectionString, within, report } = require('./lib.cjs');

const body = async promise => (await promise).responseBody;
const twinOf = id => body(registry.getTwin(id));
const agentOf = id => body(registry.getModuleTwin(id, '$edgeAgent'));
const query = async text => (await registry.createQuery(text).next()).result;

const deployment = image => ({
  modulesContent: {
    $edgeAgent: { 'properties.desired': {
      schemaVersion: '1.1',
      runtime: { type: 'docker', settings: {} },
      systemModules: {
        edgeAgent: { type: 'docker', settings: { image: 'mcr.microsoft.com/azureiotedge-agent:1.5' } },
        edgeHub: { type: 'docker', status: 'running', restartPolicy: 'always', settings: { image: 'mcr.microsoft.com/azureiotedge-hub:1.5' } },
      },
      modules: { web: { type: 'docker', status: 'running', restartPolicy: 'always', settings: { image } } },
    } },
    $edgeHub: { 'properties.desired': { schemaVersion: '1.1', routes: {} } },
  },
});

run(async () => {
  const site = name('site');
  const id = suffix => `${site}-${suffix}`;
  const condition = `tags.site='${site}'`;

  // Devices: a part of their desired properties follows the configuration, the rest is theirs.
  const device = (await createDevice()).deviceId;
  await registry.updateTwin(device, { tags: { site }, properties: { desired: { mine: 1 } } }, '*');
  const chiller = await body(registry.addConfiguration({
    id: id('chiller'), schemaVersion: '1.0', priority: 5, targetCondition: condition, labels: { by: 'test' },
    content: { deviceContent: { 'properties.desired.chiller': { temperature: 38 } } },
    metrics: { queries: { ready: `SELECT deviceId FROM devices WHERE configurations.[[${id('chiller')}]].status = 'Applied' AND properties.reported.ready = true` } },
  }));
  assert.ok(chiller.etag && chiller.createdTimeUtc);
  assert.deepEqual(chiller.labels, { by: 'test' });
  const applied = await until(() => twinOf(device), t => t.properties.desired.chiller);
  assert.deepEqual(applied.properties.desired.chiller, { temperature: 38 });
  assert.equal(applied.properties.desired.mine, 1);
  assert.equal(applied.configurations[id('chiller')].status, 'Applied');
  assert.deepEqual(await query(`SELECT deviceId FROM devices WHERE configurations.[[${id('chiller')}]].status = 'Applied'`), [{ deviceId: device }]);

  // A device that comes later, and one that gets the tag later.
  const later = (await createDevice()).deviceId;
  await registry.updateTwin(later, { tags: { site } }, '*');
  await until(() => twinOf(later), t => t.properties.desired.chiller?.temperature === 38);

  // One that reports what the condition asks for.
  await registry.addConfiguration({ id: id('ready'), priority: 1, targetCondition: `${condition} AND properties.reported.ready = true`, content: { deviceContent: { 'properties.desired.go': true } } });
  const client = Client.fromConnectionString(connectionString(await body(registry.get(device))), transport('azure-iot-device-mqtt', 'Mqtt'));
  await within(client.open(), 'open');
  await report(await within(client.getTwin(), 'twin'), { ready: true });
  await until(() => twinOf(device), t => t.properties.desired.go === true);
  assert.equal((await twinOf(later)).properties.desired.go, undefined);
  const metrics = await body(registry.getConfiguration(id('chiller')));
  assert.deepEqual(metrics.systemMetrics.results, { targetedCount: 2, appliedCount: 2 });
  assert.deepEqual(metrics.metrics.results, { ready: 1 });
  await client.close();

  // A higher priority, changed, and removed: what is below comes back, and at last what it was before.
  await registry.addConfiguration({ id: id('hot'), priority: 9, targetCondition: condition, content: { deviceContent: { 'properties.desired.chiller': { temperature: 50 } } } });
  const outranked = await until(() => twinOf(device), t => t.configurations[id('chiller')].status === 'Targeted');
  assert.match(outranked.configurations[id('chiller')].reason, new RegExp(`${id('hot')} has priority 9`));
  assert.equal(outranked.properties.desired.chiller.temperature, 50);
  const hot = await body(registry.getConfiguration(id('hot')));
  await registry.updateConfiguration({ ...hot, targetCondition: '' });
  await until(() => twinOf(device), t => t.properties.desired.chiller.temperature === 38 && t.configurations[id('hot')] === undefined);
  await fails(registry.updateConfiguration({ ...hot, priority: 3 }), e => assert.equal(e.name, 'InvalidEtagError'));
  await registry.updateConfiguration({ ...hot, priority: 3 }, true);
  await fails(registry.updateConfiguration({ ...hot, content: { deviceContent: { 'properties.desired.other': 1 } } }, true), e => assert.equal(e.name, 'ArgumentError'));
  await registry.removeConfiguration(id('hot'));
  await registry.removeConfiguration(id('chiller'));
  await until(() => twinOf(later), t => t.properties.desired.chiller === undefined);
  assert.equal((await until(() => twinOf(device), t => t.properties.desired.chiller === undefined)).properties.desired.mine, 1);

  // IoT Edge: base, layers, by hand, metrics, removal.
  const edge = (await createDevice(undefined, { capabilities: { iotEdge: true } })).deviceId;
  await registry.updateTwin(edge, { tags: { site } }, '*');
  await registry.addConfiguration({ id: id('low'), priority: 5, targetCondition: condition, content: deployment('nginx:1') });
  await registry.addConfiguration({ id: id('base'), priority: 10, targetCondition: condition, content: deployment('nginx:2') });
  await registry.addConfiguration({ id: id('layer'), priority: 11, targetCondition: condition, content: { modulesContent: {
    $edgeAgent: { 'properties.desired.modules.extra': { type: 'docker', status: 'running', restartPolicy: 'always', settings: { image: 'busybox' } } },
    extra: { 'properties.desired': { setting: 5 } },
  } } });
  const agent = await until(() => agentOf(edge), t => t.properties.desired.modules?.extra && t.properties.desired.modules.web.settings.image === 'nginx:2' && t.configurations[id('low')]);
  assert.equal(agent.configurations[id('base')].status, 'Applied');
  assert.equal(agent.configurations[id('layer')].status, 'Applied');
  assert.deepEqual(agent.configurations[id('low')], { status: 'Targeted', reason: `deployment ${id('base')} has priority 10 and wins` });
  assert.equal((await body(registry.getModuleTwin(edge, 'extra'))).properties.desired.setting, 5);
  assert.deepEqual((await body(registry.getModulesOnDevice(edge))).map(m => [m.moduleId, m.managedBy]), [['$edgeAgent', 'IotEdge'], ['$edgeHub', 'IotEdge'], ['extra', 'IotEdge']]);
  await until(() => twinOf(edge), t => t.configurations[id('layer')]?.status === 'Applied');
  assert.equal((await twinOf(device)).configurations[id('base')], undefined);

  await registry.applyConfigurationContentOnDevice(edge, deployment('by-hand'));
  await until(() => agentOf(edge), t => t.properties.desired.modules.web.settings.image === 'nginx:2' && t.properties.desired.modules.extra);

  // What edgeAgent reports is counted.
  const reporter = ModuleClient.fromConnectionString(connectionString(await body(registry.getModule(edge, '$edgeAgent'))), transport('azure-iot-device-mqtt', 'Mqtt'));
  await within(reporter.open(), 'open');
  const agentTwin = await within(reporter.getTwin(), 'twin');
  const reported = code => report(agentTwin, { lastDesiredVersion: agentTwin.properties.desired.$version, lastDesiredStatus: { code, description: '' } });
  await reported(200);
  const counts = async () => (await body(registry.getConfiguration(id('base')))).systemMetrics.results;
  assert.deepEqual(await counts(), { targetedCount: 1, appliedCount: 1, reportedSuccessfulCount: 1, reportedFailedCount: 0 });
  assert.deepEqual((await body(registry.getConfiguration(id('low')))).systemMetrics.results, { targetedCount: 1, appliedCount: 0, reportedSuccessfulCount: 0, reportedFailedCount: 0 });
  await reported(500);
  assert.deepEqual(await counts(), { targetedCount: 1, appliedCount: 1, reportedSuccessfulCount: 0, reportedFailedCount: 1 });
  assert.deepEqual(
    await query(`SELECT deviceId, properties.reported.lastDesiredStatus.code AS code FROM devices.modules WHERE moduleId = '$edgeAgent' AND deviceId = '${edge}'`),
    [{ deviceId: edge, code: 500 }]);
  await reporter.close();

  await registry.removeConfiguration(id('base'));
  await until(() => agentOf(edge), t => t.properties.desired.modules.web.settings.image === 'nginx:1');
  await registry.removeConfiguration(id('layer'));
  await until(() => agentOf(edge), t => t.properties.desired.modules.extra === undefined);
  await registry.removeConfiguration(id('low'));
  const left = await until(() => agentOf(edge), t => Object.keys(t.configurations).length === 0);
  assert.equal(left.properties.desired.modules.web.settings.image, 'nginx:1');

  // Modules have configurations of their own.
  await registry.addModule({ deviceId: device, moduleId: 'sensor' });
  await registry.addConfiguration({ id: id('modules'), priority: 1, targetCondition: `FROM devices.modules WHERE moduleId = 'sensor' AND deviceId = '${device}'`, content: { moduleContent: { 'properties.desired.rate': 3 } } });
  await until(async () => body(registry.getModuleTwin(device, 'sensor')), t => t.properties.desired.rate === 3);

  // What is wrong is said before anything is applied.
  const refused = (extra, check) => fails(registry.addConfiguration({ id: id('bad'), priority: 1, targetCondition: '*', content: { deviceContent: { 'properties.desired.a': 1 } }, ...extra }), check);
  await refused({ targetCondition: 'tags.a ==' }, e => { assert.equal(e.name, 'ArgumentError'); assert.match(e.responseBody, /InvalidConfigurationTargetCondition.*character/); });
  await refused({ priority: -1 }, e => assert.equal(e.name, 'ArgumentError'));
  await refused({ content: { deviceContent: { 'tags.a': 1 } } }, e => assert.equal(e.name, 'ArgumentError'));
  await refused({ metrics: { queries: { m: 'SELECT' } } }, e => assert.equal(e.name, 'ArgumentError'));
  await refused({ id: id('ready') }, e => assert.equal(e.response.statusCode, 409));
  await fails(registry.getConfiguration('not-there'), e => assert.equal(e.response.statusCode, 404));
  await fails(registry.removeConfiguration('not-there'), e => assert.equal(e.response.statusCode, 404));
  const test = await call('POST', '/configurations/testQueries?api-version=2021-04-12', { token: policyToken(), body: JSON.stringify({ targetCondition: 'tags.a =', customMetricQueries: { good: 'SELECT deviceId FROM devices', bad: 'SELECT' } }) });
  assert.equal(test.status, 200);
  assert.match(JSON.parse(test.text).targetConditionError, /character/);
  assert.deepEqual(Object.keys(JSON.parse(test.text).customMetricQueryErrors), ['bad']);

  const all = await body(registry.getConfigurations());
  assert.deepEqual(all.filter(c => c.id.startsWith(site)).map(c => c.id), [id('modules'), id('ready')]);
  for (const configuration of all.filter(c => c.id.startsWith(site))) await registry.removeConfiguration(configuration.id);
});
