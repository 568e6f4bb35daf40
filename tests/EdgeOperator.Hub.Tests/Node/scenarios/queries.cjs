'use strict';
const { assert, registry, name, fails, createDevice, run } = require('./lib.cjs');

run(async () => {
  const mark = name('mark');
  const ids = [];
  for (let i = 0; i < 7; i++) {
    const { deviceId } = await createDevice(`${mark}-${i}`);
    await registry.updateTwin(deviceId, { tags: { mark, odd: i % 2 === 1, n: i } }, '*');
    ids.push(deviceId);
  }

  // What was just written is found, page by page.
  const query = registry.createQuery(`SELECT * FROM devices WHERE tags.mark = '${mark}'`, 3);
  const found = [];
  let pages = 0;
  while (query.hasMoreResults) {
    const { result } = await query.nextAsTwin();
    found.push(...result.map(t => t.deviceId));
    pages++;
  }
  assert.deepEqual(found, ids);
  assert.equal(pages, 3);

  const odd = (await registry.createQuery(`SELECT deviceId, tags.n AS n FROM devices WHERE tags.mark = '${mark}' AND tags.odd = true AND tags.n > 1`).next()).result;
  assert.deepEqual(odd, [{ deviceId: `${mark}-3`, n: 3 }, { deviceId: `${mark}-5`, n: 5 }]);
  const top = (await registry.createQuery(`SELECT TOP 2 * FROM devices WHERE tags.mark = '${mark}'`).nextAsTwin()).result;
  assert.equal(top.length, 2);
  const groups = (await registry.createQuery(`SELECT tags.odd AS odd, COUNT() AS count FROM devices WHERE tags.mark = '${mark}' GROUP BY tags.odd`).next()).result;
  assert.deepEqual(groups, [{ odd: false, count: 4 }, { odd: true, count: 3 }]);

  await registry.addModule({ deviceId: ids[0], moduleId: 'm' });
  const modules = (await registry.createQuery(`SELECT deviceId, moduleId FROM devices.modules WHERE deviceId = '${ids[0]}'`).next()).result;
  assert.deepEqual(modules, [{ deviceId: ids[0], moduleId: 'm' }]);
  await fails(registry.createQuery('SELECT * FROM devices WHERE').next(), e => {
    assert.equal(e.name, 'ArgumentError');
    assert.match(e.message, /character 28/);
  });
});
