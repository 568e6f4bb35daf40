'use strict';
// Everything the app says becomes a record on standard output: JSON between the characters RS and US. The host logs
// it under the function and the invocation that were running.

const { AsyncLocalStorage } = require('node:async_hooks');
const { format } = require('node:util');
const fs = require('node:fs');
const { state, hooks } = require('./core.cjs')[Symbol.for('edgeop.worker')];

const running = new AsyncLocalStorage();
let waiting = '';

// One write for all that is said in one turn of the event loop.
function send(record) {
    if (waiting === '') {
        setImmediate(flush);
    }

    waiting += `\u001e${JSON.stringify(record)}\u001f\n`;
    if (waiting.length > 65536) {
        flush();
    }
}

function flush() {
    const text = waiting;
    waiting = '';
    if (text !== '') {
        process.stdout.write(text);
    }
}

// Nothing that is written asynchronously survives process.exit().
function flushNow() {
    let bytes = Buffer.from(waiting);
    waiting = '';
    while (bytes.length > 0) {
        try {
            bytes = bytes.subarray(fs.writeSync(1, bytes));
        } catch (error) {
            if (error.code !== 'EAGAIN') {
                return;
            }
        }
    }
}

function log(level, category, message, invocation = running.getStore()) {
    if (hooks.log.length > 0) {
        const context = { level, category, message, invocationContext: invocation?.context, hookData: {}, appHookData: {} };
        for (const hook of hooks.log) {
            hook(context);
        }

        ({ level, message } = context);
    }

    send({ type: 'log', level, category, message: String(message), id: invocation?.invocationId, function: invocation?.name });
}

const levels = { trace: 'trace', debug: 'debug', log: 'information', info: 'information', warn: 'warning', error: 'error' };

function takeConsole() {
    for (const [method, level] of Object.entries(levels)) {
        console[method] = (...values) => log(level, 'user', format(...values));
    }

    process.on('exit', flushNow);
    state.log = log;
}

module.exports = { log, running, send, flushNow, takeConsole };
