'use strict';
// HTTP/1.1 over two Unix sockets, so that nothing in a client's request can be taken for the host's word. On one come
// requests for functions, as their clients sent them; the host says in headers for which function each is, beside a secret.
// On the other come the host's own calls: POST /invoke describes a call of any function in JSON; POST /load names scripts to load.

const http = require('node:http');
const { timingSafeEqual } = require('node:crypto');
const { state } = require('./core.cjs')[Symbol.for('edgeop.worker')];
const { forward } = require('./forward.cjs');
const { invokeJson } = require('./json.cjs');
const { loadScripts } = require('./app.cjs');
const { log } = require('./log.cjs');

// The host is the only client: it keeps its connections, and it is the one who knows how long a call may take.
const options = { keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0, maxHeaderSize: 1 << 20 };

const body = (request) => new Promise((resolve, reject) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)));
    request.on('close', () => reject(new Error('The request was cut off.')));
});

async function answerJson(request, response, work) {
    const content = Buffer.from(JSON.stringify(await work(JSON.parse(await body(request)), response)));
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': content.length });
    response.end(content);
}

function control(request, response) {
    switch (request.url) {
        case '/invoke': return answerJson(request, response, invokeJson);
        case '/load': return answerJson(request, response, loadScripts);
        default: throw new Error(`Nothing is found at ${request.url}.`);
    }
}

const serve = (answer) => async (request, response) => {
    state.running++;
    try {
        await answer(request, response);
    } catch (error) {
        log('error', 'system', error.stack);
        fail(response);
    } finally {
        state.running--;
    }
};

function forwarded(secret) {
    const expected = Buffer.from(secret);
    return (request, response) => {
        const given = Buffer.from(request.headers['x-edgeop-secret'] ?? '');
        if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
            throw new Error('A request came that the host has not sent.');
        }

        return forward(request, response);
    };
}

function fail(response) {
    if (response.headersSent) {
        response.destroy();
    } else {
        response.writeHead(500, { 'content-length': 0 });
        response.end();
    }
}

const open = (path, answer) => new Promise((resolve, reject) => {
    const server = http.createServer(options, serve(answer));
    server.once('error', reject);
    server.listen({ path, backlog: 4096 }, () => resolve(server));
});

module.exports = {
    listen: (requests, calls, secret) => Promise.all([open(requests, forwarded(secret)), open(calls, control)]),
};
