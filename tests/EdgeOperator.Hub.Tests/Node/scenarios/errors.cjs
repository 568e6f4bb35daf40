'use strict';
// What the SDK makes of the hub's errors.
const { Registry, Client: ServiceClient } = require('azure-iothub');
const { assert, registry, name, fails, createDevice, run, call, policyToken } = require('./lib.cjs');

const body = async promise => (await promise).responseBody;
const token = policyToken();
const code = answer => {
  const message = JSON.parse(answer.text).Message;
  assert.ok(message.startsWith(`ErrorCode:${answer.headers['iothub-errorcode']};`), message);
  assert.match(JSON.parse(answer.text).ExceptionMessage, /^Tracking ID:[0-9a-f]{32}-G:0-TimeStamp:/);
  return [answer.status, answer.headers['iothub-errorcode']];
};
const put = (path, text, headers) => call('PUT', `${path}?api-version=2021-04-12`, { token, body: text, headers });

run(async () => {
  const device = await createDevice();
  const id = device.deviceId;

  // 409
  await fails(registry.create({ deviceId: id }), e => assert.equal(e.name, 'DeviceAlreadyExistsError'));
  await registry.addModule({ deviceId: id, moduleId: 'm' });
  await fails(registry.addModule({ deviceId: id, moduleId: 'm' }), e => { assert.equal(e.response.statusCode, 409); assert.match(e.responseBody, /ModuleAlreadyExistsOnDevice/); });

  // 412
  const twin = await body(registry.getTwin(id));
  await registry.updateTwin(id, { tags: { a: 1 } }, twin.etag);
  await fails(registry.updateTwin(id, { tags: { a: 2 } }, twin.etag), e => assert.equal(e.name, 'InvalidEtagError'));
  assert.deepEqual(code(await put(`/devices/${id}`, JSON.stringify({ deviceId: id }), { 'if-match': '"AAAA"' })), [412, 'PreconditionFailed']);
  assert.deepEqual(code(await call('DELETE', `/devices/${id}?api-version=2021-04-12`, { token, headers: { 'if-match': '"AAAA"' } })), [412, 'PreconditionFailed']);

  // 404
  await fails(registry.getTwin('not-there'), e => assert.equal(e.name, 'DeviceNotFoundError'));
  await fails(registry.updateTwin('not-there', { tags: {} }, '*'), e => assert.equal(e.name, 'DeviceNotFoundError'));
  await fails(registry.getModuleTwin(id, 'none'), e => { assert.equal(e.response.statusCode, 404); assert.match(e.responseBody, /ModuleNotFound/); });
  await fails(registry.getModulesOnDevice('not-there'), e => assert.equal(e.name, 'DeviceNotFoundError'));
  assert.deepEqual(code(await call('GET', '/nothing/here?api-version=2021-04-12', { token })), [404, 'ResourceNotFound']);

  // 401: a wrong key, no key, a key of another policy's name, a device's own key.
  const wrong = process.env.HUB.replace(/SharedAccessKey=.*/, `SharedAccessKey=${Buffer.alloc(32).toString('base64')}`);
  await fails(Registry.fromConnectionString(wrong).get(id), e => assert.equal(e.name, 'UnauthorizedError'));
  await fails(ServiceClient.fromConnectionString(wrong).invokeDeviceMethod(id, { methodName: 'x' }), e => assert.equal(e.name, 'UnauthorizedError'));
  assert.deepEqual(code(await call('GET', `/devices/${id}?api-version=2021-04-12`, { headers: { authorization: 'Bearer nobody' } })), [401, 'IotHubUnauthorizedAccess']);
  assert.deepEqual(code(await call('GET', `/devices/${id}?api-version=2021-04-12`, { headers: { authorization: token.replace('iothubowner', 'service') } })), [401, 'IotHubUnauthorizedAccess']);

  // What is no JSON, none of the right kind, or too large.
  assert.deepEqual(code(await put('/devices/x', '{"deviceId":')), [400, 'IotHubFormatError']);
  assert.deepEqual(code(await put('/devices/x', '[]')), [400, 'IotHubFormatError']);
  assert.deepEqual(code(await put('/devices/x', '{"deviceId":"x","deviceId":"y"}')), [400, 'IotHubFormatError']);
  assert.deepEqual(code(await put('/devices/x', JSON.stringify({ deviceId: 'x', statusReason: 'x'.repeat(1100000) }))), [413, 'MessageTooLarge']);
  await fails(registry.updateTwin(id, { properties: { desired: Object.fromEntries([...Array(20).keys()].map(i => [`k${i}`, 'x'.repeat(2000)])) } }, '*'),
    e => { assert.equal(e.response.statusCode, 403); assert.match(e.responseBody, /DeviceModelMaxPropertiesExceeded/); });
  await fails(registry.updateTwin(id, { tags: { 'a.b': 1 } }, '*'), e => assert.equal(e.name, 'ArgumentError'));
  await fails(registry.updateTwin(id, { properties: { desired: { a: 'x'.repeat(5000) } } }, '*'), e => assert.equal(e.name, 'ArgumentError'));
  const large = await call('POST', `/devices/${id}/messages/devicebound`, { token, body: Buffer.alloc(65 * 1024 + 1) });
  assert.deepEqual(code(large), [413, 'MessageTooLarge']);
  assert.deepEqual(code(await call('PATCH', `/devices/${id}?api-version=2021-04-12`, { token, body: '{}' })), [405, 'MethodNotAllowed']);

  // No more messages than may wait.
  for (let i = 0; i < 50; i++) assert.equal((await call('POST', `/devices/${id}/messages/devicebound`, { token, body: 'x' })).status, 202);
  assert.deepEqual(code(await call('POST', `/devices/${id}/messages/devicebound`, { token, body: 'x' })), [403, 'DeviceMaximumQueueDepthExceeded']);
});
