'use strict';
const { JobClient } = require('azure-iothub');
const { assert, registry, name, fails, createDevice, run, until, Client, ModuleClient, transport, connectionString, respond, within } = require('./lib.cjs');

const jobs = JobClient.fromConnectionString(process.env.HUB);
const body = async promise => (await promise).responseBody;
const query = async text => (await registry.createQuery(text).next()).result;
const jobOf = async promise => (await promise).jobStatus;
const ended = id => until(() => jobOf(jobs.getJob(id)), job => ['completed', 'failed', 'cancelled'].includes(job.status));

run(async () => {
  const site = name('site');
  const devices = [];
  for (let i = 0; i < 3; i++) {
    const device = await createDevice();
    await registry.updateTwin(device.deviceId, { tags: { site } }, '*');
    devices.push(device);
  }
  const ids = devices.map(d => d.deviceId).sort();
  const condition = `tags.site = '${site}'`;

  // Twins: each device that the condition takes, once.
  const update = name('update');
  const scheduled = await jobOf(jobs.scheduleTwinUpdate(update, condition, { etag: '*', tags: { floor: 3 }, properties: { desired: { interval: 60 } } }, new Date(Date.now() - 1000), 300));
  assert.equal(scheduled.jobId, update);
  assert.equal(scheduled.type, 'scheduleUpdateTwin');
  assert.ok(['queued', 'running', 'completed'].includes(scheduled.status));
  const done = await ended(update);
  assert.equal(done.status, 'completed');
  assert.deepEqual(done.deviceJobStatistics, { deviceCount: 3, failedCount: 0, succeededCount: 3, runningCount: 0, pendingCount: 0 });
  for (const id of ids) {
    const twin = await body(registry.getTwin(id));
    assert.equal(twin.tags.floor, 3);
    assert.equal(twin.properties.desired.interval, 60);
    assert.equal(twin.properties.desired.$version, 2);
  }
  const results = await query(`SELECT * FROM devices.jobs WHERE devices.jobs.jobId = '${update}'`);
  assert.deepEqual(results.map(r => [r.deviceId, r.jobId, r.jobType, r.status]), ids.map(id => [id, update, 'scheduleUpdateTwin', 'completed']));
  assert.ok(results[0].startTimeUtc && results[0].endTimeUtc && results[0].createdDateTimeUtc && results[0].lastUpdatedDateTimeUtc);
  await fails(jobs.scheduleTwinUpdate(update, condition, { etag: '*', tags: {} }), e => assert.equal(e.response.statusCode, 409));

  // Methods: who is there answers, who is not has failed, and why.
  const client = Client.fromConnectionString(connectionString(devices[0]), transport('azure-iot-device-mqtt', 'Mqtt'));
  let calls = 0;
  client.onDeviceMethod('reboot', (request, response) => { calls++; respond(response, 200, { after: request.payload.after }); });
  await within(client.open(), 'open');
  const reboot = name('reboot');
  // The device subscribes to methods only now: the first connects in time, the others never do.
  await jobs.scheduleDeviceMethod(reboot, condition, { methodName: 'reboot', payload: { after: 5 }, responseTimeoutInSeconds: 30, connectTimeoutInSeconds: 2 });
  const rebooted = await ended(reboot);
  assert.equal(rebooted.status, 'completed');
  const outcomes = Object.fromEntries((await query(`SELECT * FROM devices.jobs WHERE jobId = '${reboot}'`)).map(r => [r.deviceId, r]));
  if (outcomes[devices[0].deviceId].status === 'completed') {
    assert.deepEqual(outcomes[devices[0].deviceId].outcome, { deviceMethodResponse: { status: 200, payload: { after: 5 } } });
    assert.equal(calls, 1);
  }
  assert.equal(outcomes[devices[1].deviceId].status, 'failed');
  assert.equal(outcomes[devices[1].deviceId].error.code, 'DeviceNotOnline');
  assert.equal(rebooted.deviceJobStatistics.deviceCount, 3);

  // By now it has subscribed.
  const again = name('again');
  await until(async () => {
    const id = name('call');
    await jobs.scheduleDeviceMethod(id, `deviceId = '${devices[0].deviceId}'`, { methodName: 'reboot', payload: { after: 6 } });
    return ended(id);
  }, job => job.deviceJobStatistics.succeededCount === 1);
  await client.close();

  // Later, and cancelled before it starts.
  const later = await jobOf(jobs.scheduleTwinUpdate(again, condition, { etag: '*', tags: { never: 1 } }, new Date(Date.now() + 3600_000)));
  assert.equal(later.status, 'scheduled');
  const listed = [];
  const page = jobs.createQuery('scheduleUpdateTwin', 'scheduled', 1);
  while (page.hasMoreResults) listed.push(...(await page.next()).result);
  assert.ok(listed.some(j => j.jobId === again));
  assert.ok(listed.every(j => j.status === 'scheduled'));
  assert.equal((await jobOf(jobs.cancelJob(again))).status, 'cancelled');
  assert.equal((await jobOf(jobs.getJob(again))).status, 'cancelled');
  assert.equal((await body(registry.getTwin(ids[0]))).tags.never, undefined);

  // Modules: of the devices that the condition takes, each module by itself.
  const module = name('module');
  for (const id of ids.slice(0, 2)) {
    await registry.addModule({ deviceId: id, moduleId: module });
    await registry.addModule({ deviceId: id, moduleId: name('other') });
  }
  const modules = `FROM devices.modules WHERE moduleId = '${module}'`;
  const speed = name('speed');
  await jobs.scheduleTwinUpdate(speed, modules, { etag: '*', properties: { desired: { speed: 7 } } });
  assert.deepEqual((await ended(speed)).deviceJobStatistics, { deviceCount: 2, failedCount: 0, succeededCount: 2, runningCount: 0, pendingCount: 0 });
  for (const id of ids.slice(0, 2)) {
    assert.equal((await body(registry.getModuleTwin(id, module))).properties.desired.speed, 7);
    assert.equal((await body(registry.getTwin(id))).properties.desired.speed, undefined);
  }
  assert.deepEqual((await query(`SELECT * FROM devices.jobs WHERE jobId = '${speed}'`)).map(r => [r.deviceId, r.moduleId, r.status]), ids.slice(0, 2).map(id => [id, module, 'completed']));
  assert.deepEqual((await query(`SELECT * FROM devices.jobs WHERE moduleId = '${module}' AND deviceId = '${ids[0]}'`)).map(r => r.jobId), [speed]);
  const runner = ModuleClient.fromConnectionString(connectionString(await body(registry.getModule(ids[0], module))), transport('azure-iot-device-mqtt', 'Mqtt'));
  runner.onMethod('restart', (request, response) => respond(response, 200, { module }));
  await within(runner.open(), 'open of a module');
  const restart = await until(async () => {
    const id = name('restart');
    await jobs.scheduleDeviceMethod(id, modules, { methodName: 'restart', responseTimeoutInSeconds: 30, connectTimeoutInSeconds: 0 });
    return ended(id);
  }, job => job.deviceJobStatistics.succeededCount === 1);
  assert.equal(restart.deviceJobStatistics.failedCount, 1);
  const answers = await query(`SELECT * FROM devices.jobs WHERE jobId = '${restart.jobId}'`);
  assert.deepEqual(answers.map(r => [r.deviceId, r.moduleId, r.status]), [[ids[0], module, 'completed'], [ids[1], module, 'failed']]);
  assert.deepEqual(answers[0].outcome, { deviceMethodResponse: { status: 200, payload: { module } } });
  await runner.close();

  // An ETag of one device's twin is none of another's.
  const { etag } = await body(registry.getTwin(ids[0]));
  await registry.updateTwin(ids[1], { tags: { other: 1 } }, '*');
  await registry.updateTwin(ids[2], { tags: { other: 1 } }, '*');
  const matched = name('matched');
  await jobs.scheduleTwinUpdate(matched, condition, { etag, tags: { matched: true } });
  assert.equal((await ended(matched)).deviceJobStatistics.succeededCount, 1);
  assert.deepEqual((await query(`SELECT deviceId, error.code AS code FROM devices.jobs WHERE jobId = '${matched}' AND status = 'failed'`)).map(r => r.code), ['PreconditionFailed', 'PreconditionFailed']);
  assert.deepEqual(await query(`SELECT status, COUNT() AS count FROM devices.jobs WHERE jobId = '${matched}' GROUP BY status`).then(r => r.map(x => x.count).sort()), [1, 2]);

  await fails(jobs.getJob('not-there'), e => assert.equal(e.response.statusCode, 404));
  await fails(jobs.cancelJob('not-there'), e => assert.equal(e.response.statusCode, 404));
  await fails(jobs.scheduleTwinUpdate(name('bad'), 'tags.site =', { etag: '*', tags: {} }), e => assert.equal(e.name, 'ArgumentError'));
  await fails(jobs.scheduleTwinUpdate(name('bad'), 'FROM devices.jobs', { etag: '*', tags: {} }), e => assert.equal(e.name, 'ArgumentError'));
  await fails(jobs.scheduleTwinUpdate(name('bad'), '*', { etag: '*' }), e => assert.equal(e.name, 'ArgumentError'));
  await fails(jobs.scheduleTwinUpdate(name('bad'), '*', { etag: '*', tags: { 'a b': 1 } }), e => assert.equal(e.name, 'ArgumentError'));
  await fails(jobs.scheduleDeviceMethod(name('bad'), '*', { methodName: 'a/b' }), e => assert.equal(e.name, 'ArgumentError'));
  await fails(jobs.scheduleTwinUpdate(name('bad'), '*', { etag: '*', tags: {} }, new Date(), -5), e => assert.equal(e.name, 'ArgumentError'));
  await fails(registry.importDevicesFromBlob('https://x', 'https://y'), e => assert.equal(e.name, 'ArgumentError'));
});
