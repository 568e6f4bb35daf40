'use strict';
// The host's calls: HTTP/1.1 over a Unix socket. A request with the header x-edgeop-function is one for that function,
// as its client sent it; POST /invoke describes a call of any function in JSON; POST /load names scripts to load.

const http = require('node:http');
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
    const content = Buffer.from(JSON.stringify(await work(JSON.parse(await body(request)))));
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': content.length });
    response.end(content);
}

function route(request, response) {
    if (request.headers['x-edgeop-function'] !== undefined) {
        return forward(request, response);
    }

    switch (request.url) {
        case '/invoke': return answerJson(request, response, invokeJson);
        case '/load': return answerJson(request, response, loadScripts);
        default: throw new Error(`Nothing is found at ${request.url}.`);
    }
}

async function serve(request, response) {
    state.running++;
    try {
        await route(request, response);
    } catch (error) {
        log('error', 'system', error.stack);
        fail(response);
    } finally {
        state.running--;
    }
}

function fail(response) {
    if (response.headersSent) {
        response.destroy();
    } else {
        response.writeHead(500, { 'content-length': 0 });
        response.end();
    }
}

module.exports = {
    listen: (path) => new Promise((resolve, reject) => {
        const server = http.createServer(options, serve);
        server.once('error', reject);
        server.listen({ path, backlog: 4096 }, () => resolve(server));
    }),
};
