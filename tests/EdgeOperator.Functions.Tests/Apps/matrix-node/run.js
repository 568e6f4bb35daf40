const fs = require('node:fs');
const path = require('node:path');

/** Notes that a function runs, and does what it is told. */
module.exports = async function run(what, id, note, value) {
    if (what === 'peek') {
        return;
    }

    fs.appendFileSync(path.join(process.env.NOTES, note), `ran with ${value}\n`);
    if (what === 'throw') {
        throw new Error('thrown on purpose');
    }

    const go = path.join(process.env.NOTES, `${id.slice(0, 8)}.go`);
    while (what === 'hang' || (what === 'wait' && !fs.existsSync(go))) {
        await new Promise((resolve) => setTimeout(resolve, 20));
    }
};
