'use strict';
// A worker process: loads the app in the current folder, tells the host what there is to call, and answers its calls.
// EDGEOP_REQUESTS and EDGEOP_CONTROL name the Unix sockets to listen on, for clients' requests and for the host's own calls;
// EDGEOP_SECRET is what the host proves itself with in requests that it forwards.

const { state, runHooks } = require('./core.cjs')[Symbol.for('edgeop.worker')];
const { appHookData } = require('./invoke.cjs');
const { loadApp } = require('./app.cjs');
const { announce, words } = require('./functions.cjs');
const { listen } = require('./server.cjs');
const { warm } = require('./forward.cjs');
const { flushNow, log, send, takeConsole } = require('./log.cjs');

let ready = false;

function end(error) {
    send({ type: ready ? 'crash' : 'failed', message: words(error) });
    flushNow();
    process.exit(1);
}

async function stop(servers) {
    servers.forEach((server) => server.close());
    while (state.running > 0) {
        await new Promise((resolve) => setTimeout(resolve, 10));
    }

    try {
        await runHooks('appTerminate', { hookData: {}, appHookData });
    } catch (error) {
        log('error', 'user', words(error));
    }

    process.exit(0);
}

async function start() {
    if (Number(process.versions.node.split('.')[0]) < 20) {
        throw `Node.js 20 or newer is needed; this is ${process.versions.node} (${process.execPath}).`;
    }

    const { EDGEOP_REQUESTS: requests, EDGEOP_CONTROL: control, EDGEOP_SECRET: secret } = process.env;
    delete process.env.EDGEOP_REQUESTS;
    delete process.env.EDGEOP_CONTROL;
    delete process.env.EDGEOP_SECRET;
    takeConsole();
    const registered = await loadApp(process.cwd());
    const servers = await listen(requests, control, secret);
    state.locked = true;
    let stopping;
    const once = () => (stopping ??= stop(servers));
    process.on('SIGTERM', once);
    // The end of standard input is the end of the host, however it came.
    process.stdin.on('end', once).on('error', once).resume();
    await warm();
    // A rejection that nobody handles is told after the turn in which it happened.
    await new Promise(setImmediate);
    ready = true;
    send({ type: 'ready', functions: registered ? announce() : undefined, streams: state.streams !== undefined });
}

// As in the cloud: after a rejection that nobody handles, nothing is known of the app's state; a new process takes over.
process.on('uncaughtException', end);
start().catch(end);
