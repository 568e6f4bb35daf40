'use strict';
// As `az iot edge set-modules` does it.
const { assert, registry, fails, createDevice, run } = require('./lib.cjs');

const content = image => ({
  modulesContent: {
    $edgeAgent: { 'properties.desired': {
      schemaVersion: '1.1',
      runtime: { type: 'docker', settings: {} },
      systemModules: {
        edgeAgent: { type: 'docker', settings: { image: 'mcr.microsoft.com/azureiotedge-agent:1.5', createOptions: '{}' } },
        edgeHub: { type: 'docker', status: 'running', restartPolicy: 'always', settings: { image: 'mcr.microsoft.com/azureiotedge-hub:1.5', createOptions: '{}' } },
      },
      modules: { web: { type: 'docker', status: 'running', restartPolicy: 'always', settings: { image, createOptions: '{}' }, env: { A: { value: '1' } } } },
    } },
    $edgeHub: { 'properties.desired': { schemaVersion: '1.1', routes: { r: 'FROM /* INTO $upstream' }, storeAndForwardConfiguration: { timeToLiveSecs: 7200 } } },
    web: { 'properties.desired': { setting: 5 } },
  },
});

run(async () => {
  const { deviceId } = await createDevice(undefined, { capabilities: { iotEdge: true } });
  await registry.applyConfigurationContentOnDevice(deviceId, content('nginx:1'));
  const agent = (await registry.getModuleTwin(deviceId, '$edgeAgent')).responseBody;
  assert.equal(agent.properties.desired.modules.web.settings.image, 'nginx:1');
  const modules = (await registry.getModulesOnDevice(deviceId)).responseBody;
  assert.deepEqual(modules.map(m => [m.moduleId, m.managedBy]), [['$edgeAgent', 'IotEdge'], ['$edgeHub', 'IotEdge'], ['web', 'IotEdge']]);
  assert.equal((await registry.getModuleTwin(deviceId, 'web')).responseBody.properties.desired.setting, 5);

  const next = content('nginx:2');
  delete next.modulesContent.$edgeAgent['properties.desired'].modules.web.env;
  await registry.applyConfigurationContentOnDevice(deviceId, next);
  const again = (await registry.getModuleTwin(deviceId, '$edgeAgent')).responseBody.properties.desired;
  assert.equal(again.modules.web.settings.image, 'nginx:2');
  assert.equal(again.modules.web.env, undefined);
  assert.equal(again.$version, agent.properties.desired.$version + 1);

  // One bad module, and nothing of it is applied.
  const bad = content('nginx:3');
  bad.modulesContent.web['properties.desired']['a b'] = 1;
  await fails(registry.applyConfigurationContentOnDevice(deviceId, bad), e => assert.equal(e.name, 'ArgumentError'));
  assert.equal((await registry.getModuleTwin(deviceId, '$edgeAgent')).responseBody.properties.desired.modules.web.settings.image, 'nginx:2');

  const plain = await createDevice();
  await fails(registry.applyConfigurationContentOnDevice(plain.deviceId, content('nginx:1')), e => assert.equal(e.name, 'ArgumentError'));
});
