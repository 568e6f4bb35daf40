'use strict';
// With app.setup({ enableHttpStream: true }) the library takes requests and writes answers itself.

const { state } = require('./core.cjs')[Symbol.for('edgeop.worker')];
const { invoke } = require('./invoke.cjs');

/** The library sets one header after the other; of several cookies only the last would remain. */
function keepCookies(response) {
    const { setHeader } = response;
    response.setHeader = (name, value) => setHeader.call(
        response, name, /^set-cookie$/i.test(name) ? [response.getHeader(name) ?? [], value].flat() : value);
}

// Requests, and the host's calls for them, that wait for each other: by the invocation's id.
const requests = new Map();
const calls = new Map();

/** Waits until the host's call for a forwarded request has answered it. */
function called(id, given, request, response) {
    return new Promise((resolve) => {
        const forwarded = { given, request, response, done: resolve };
        const call = calls.get(id);
        calls.delete(id);
        if (call) {
            call(forwarded);
            return;
        }

        requests.set(id, forwarded);
        response.on('close', () => requests.delete(id) && resolve());
    });
}

/**
 * The request for a call of the host's.
 * @param connection the call's own response: its end before the request has come is the end of the call
 */
function forwardedFor(id, connection) {
    const forwarded = requests.get(id);
    requests.delete(id);
    return forwarded ?? new Promise((resolve, reject) => {
        calls.set(id, resolve);
        connection.on('close', () => calls.delete(id) && reject(new Error('The request did not come.')));
    });
}

/**
 * @param further the inputs besides the request
 * @returns the InvocationResponse; the answer is on the response, unless the function gave none.
 */
function streamed(fn, id, { pairs, params, trace }, request, response, further = []) {
    request.headers['x-ms-invocation-id'] = id;
    keepCookies(response);
    state.streams.emit('request', request, response);
    const metadata = { Headers: { json: JSON.stringify(Object.fromEntries(pairs.map(([name, value]) => [name.toLowerCase(), value]))) } };
    for (const [name, value] of Object.entries(params)) {
        metadata[name] = { string: value };
    }

    return invoke(fn, {
        invocationId: id, functionId: fn.metadata.functionId, inputData: [{ name: fn.trigger, data: { http: {} } }, ...further],
        triggerMetadata: metadata, traceContext: trace,
    });
}

module.exports = { streamed, called, forwardedFor };
