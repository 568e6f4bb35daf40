'use strict';
// Plays the worker's part of the conversation that the setting RECORDED names, and ends with code 3 where the host's part differs.
// A message of the host must have what is written, and may have more; "*" is any text. In a message of the worker, and in ids of the
// host's, $commandLine is the request id of the command line, $asked that of the host's last message, and $invocation and $app what it said.

const fs = require('node:fs');
const { open, argument } = require('../rpc-worker/stream.cjs');

const { messages } = JSON.parse(fs.readFileSync(process.env.RECORDED, 'utf8'));
const known = { $commandLine: argument('--functions-request-id'), $worker: argument('--functions-worker-id') };
let at = 0;

// What differs first, with its place; undefined where nothing does.
function difference(expected, found, place) {
    if (expected !== null && typeof expected === 'object') {
        return Object.entries(expected).map(([key, value]) => difference(value, found?.[key], `${place}.${key}`)).find((d) => d);
    }

    const text = Buffer.isBuffer(found) ? found.toString('utf8') : found === undefined ? undefined : `${found}`;
    return text !== undefined && (expected === '*' || text === `${expected}`) ? undefined : `${place}: ${JSON.stringify(expected)} was expected, not ${JSON.stringify(text)}`;
}

function filled(value, key) {
    if (Array.isArray(value)) {
        return value.map((one) => filled(one));
    }

    if (value !== null && typeof value === 'object') {
        return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, filled(one, name)]));
    }

    const text = typeof value === 'string' ? known[value] ?? value : value;
    return key === 'bytes' ? Buffer.from(text) : text;
}

function speak() {
    while (messages[at]?.worker) {
        send(filled(messages[at++].worker));
    }

    if (at === messages.length) {
        console.log('the conversation is complete');
        if (messages[at - 1].host?.terminate) {
            process.exit(0);
        }
    }
}

function take(message) {
    known.$asked = message.id;
    known.$app = message.metadataRequest?.appDirectory ?? known.$app;
    known.$invocation = message.invocationRequest?.invocationId ?? known.$invocation;
    const differs = difference(filled(messages[at]?.host ?? 'nothing'), message, `message ${at}`);
    if (differs) {
        console.error(differs);
        process.exit(3);
    }

    at++;
    speak();
}

const { send } = open(take);
speak();
