'use strict';
// A request for an HTTP-triggered function, as its client sent it. The host names the function, the invocation and the
// route's parameters in headers.

const { state } = require('./core.cjs')[Symbol.for('edgeop.worker')];
const { Call, invoke, callWithHooks } = require('./invoke.cjs');
const { learn, prepare, plainAnswer } = require('./lean.cjs');
const { streamed, called } = require('./streams.cjs');
const { running } = require('./log.cjs');
const { toRpcHttp, toAnswer } = require('./http.cjs');
const { write, complete, fail } = require('./answer.cjs');
const { find, failed } = require('./functions.cjs');

const ours = 'x-edgeop-';

const hasBody = ({ headers }) => headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;

function read(request) {
    return new Promise((resolve, reject) => {
        const chunks = [];
        request.on('data', (chunk) => chunks.push(chunk));
        request.on('end', () => resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)));
        request.on('close', () => reject(new Error('The request was cut off.')));
    });
}

/** The headers as pairs, in order, without the host's own. */
function pairsOf(raw) {
    const pairs = [];
    for (let i = 0; i < raw.length; i += 2) {
        if (!raw[i].toLowerCase().startsWith(ours)) {
            pairs.push([raw[i], raw[i + 1]]);
        }
    }

    return pairs;
}

async function forward(request, response) {
    const { headers } = request;
    const fn = find(headers['x-edgeop-function']);
    const id = headers['x-edgeop-invocation'];
    const given = {
        url: `${headers['x-forwarded-proto'] ?? 'http'}://${headers['x-forwarded-host'] ?? headers.host}${request.url}`,
        method: request.method,
        pairs: pairsOf(request.rawHeaders),
        params: headers['x-edgeop-params'] ? JSON.parse(decodeURIComponent(headers['x-edgeop-params'])) : {},
        trace: { traceParent: headers.traceparent, traceState: headers.tracestate },
    };
    try {
        if (state.streams) {
            await stream(fn, id, given, request, response);
            return;
        }

        given.body = hasBody(request) ? await read(request) : undefined;
        if (fn.lean === undefined) {
            fn.lean = await learn(fn) ?? null;
        }

        write(response, fn.lean ? await callLean(fn, id, given) : await callModel(fn, id, given));
    } catch (error) {
        failed(fn, id, error);
        fail(response, id);
    }
}

/** Does beforehand what a first request would wait for: what the library and Node themselves load when it is needed. */
async function warm() {
    const fn = [...state.functions.values()].find(({ plainHttp }) => plainHttp);
    try {
        fn.lean = await learn(fn) ?? null;
        const { inputs: [request] } = prepare(fn, new Call(fn, {}), { url: 'http://localhost/', method: 'GET', pairs: [], params: {}, trace: {} });
        request.headers.get('accept');
    } catch {
        // There is none, or its own first request tells what is wrong.
    }
}

function callLean(fn, id, request) {
    const call = new Call(fn, { invocationId: id });
    return running.run(call, async () => {
        const given = prepare(fn, call, request);
        let result;
        try {
            result = await callWithHooks(fn, call, given, (callback, inputs) => callback(...inputs, given.context));
        } finally {
            call.done = true;
        }

        return plainAnswer(result)
            ?? toAnswer(fn, await (await state.model.getInvocationModel(call)).getResponse(given.context, result));
    });
}

async function callModel(fn, id, { url, method, pairs, params, trace, body }) {
    const data = { http: toRpcHttp(url, method, pairs, params, body) };
    return toAnswer(fn, await invoke(fn, {
        invocationId: id, functionId: fn.metadata.functionId, inputData: [{ name: fn.trigger, data }], triggerMetadata: {}, traceContext: trace,
    }));
}

async function stream(fn, id, given, request, response) {
    const isInvoked = request.headers['x-edgeop-invoked'] !== undefined;
    for (const name of Object.keys(request.headers)) {
        if (name.startsWith(ours)) {
            delete request.headers[name];
        }
    }

    request.rawHeaders = given.pairs.flat();
    if (isInvoked) {
        await called(id, given, request, response);
        return;
    }

    await streamed(fn, id, given, request, response);
    complete(response);
}

module.exports = { forward, warm };
