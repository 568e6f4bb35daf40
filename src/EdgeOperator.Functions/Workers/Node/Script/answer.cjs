'use strict';
// Answers on a connection to the host.

const unsent = new Set(['content-length', 'transfer-encoding', 'connection', 'keep-alive']);

function write(response, { status, headers, body }) {
    const all = ['content-length', String(Buffer.byteLength(body))];
    for (const [name, value] of headers) {
        if (!unsent.has(name)) {
            all.push(name, value);
        }
    }

    response.sendDate = false;
    response.writeHead(status, all);
    response.end(body);
}

/** For a function that answers by a stream, once it has ended: what it has left out. */
function complete(response) {
    if (!response.writableEnded) {
        write(response, { status: 204, headers: [], body: '' });
    }
}

/** For a function that threw: 500, or an answer that breaks off. */
function fail(response, id) {
    if (response.headersSent) {
        response.destroy();
    } else {
        response.writeHead(500, { 'content-length': 0, 'x-ms-invocation-id': id });
        response.end();
    }
}

module.exports = { write, complete, fail };
