'use strict';
// A request and its answer in memory. With HTTP streams on, the library takes requests and writes answers itself; one that
// the host makes, as for a call by hand, has no connection of its own.

const http = require('node:http');
const net = require('node:net');

function toRequest({ url, method, headers, body }, id) {
    const request = new http.IncomingMessage(new net.Socket());
    const { host, protocol } = new URL(url);
    const all = {};
    for (const [name, value] of headers) {
        const key = name.toLowerCase();
        all[key] = key in all ? `${all[key]}, ${value}` : value;
    }

    request.method = method;
    request.url = url.slice(url.indexOf('/', url.indexOf('//') + 2));
    request.headers = { ...all, 'x-forwarded-host': host, 'x-forwarded-proto': protocol.slice(0, -1), 'x-ms-invocation-id': id };
    request.rawHeaders = headers.flat();
    if (body !== undefined) {
        request.push(Buffer.from(body, 'base64'));
    }

    request.push(null);
    request.complete = true;
    return request;
}

class Response extends http.ServerResponse {
    #chunks = [];

    write(chunk, encoding, callback) {
        this.#chunks.push(typeof chunk === 'string' ? Buffer.from(chunk, typeof encoding === 'string' ? encoding : undefined) : Buffer.from(chunk));
        [encoding, callback].find((other) => typeof other === 'function')?.();
        return true;
    }

    end(...others) {
        if (others.length > 0 && typeof others[0] !== 'function' && others[0] !== null && others[0] !== undefined) {
            this.write(others[0], others[1]);
        }

        this.finished = true;
        this.emit('finish');
        others.find((other) => typeof other === 'function')?.();
        return this;
    }

    get answer() {
        const headers = Object.entries(this.getHeaders()).flatMap(([name, value]) => [value].flat().map((one) => [name, String(one)]));
        return { status: this.statusCode, headers, body: Buffer.concat(this.#chunks) };
    }
}

module.exports = {
    /** @param given { url, method, headers: [[name, value]], body: base64 } */
    exchange(given, id) {
        const request = toRequest(given, id);
        return { request, response: new Response(request) };
    },
};
