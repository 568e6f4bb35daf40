'use strict';
// The short way for what is called most: a function with an HTTP request in and an HTTP answer out. The library's model
// takes several times as long for such a call as Node's own server. So its request and context classes, and the
// context's options, are learnt from one trial, and plain answer objects are turned into HTTP here. Whatever is not
// plain goes through the model's own conversion, to the same result.

const { format } = require('node:util');
const { state } = require('./core.cjs')[Symbol.for('edgeop.worker')];
const { log } = require('./log.cjs');
const { LazyRequest } = require('./http.cjs');

/** @returns what calls need; undefined where the model has to be asked. */
async function learn(fn) {
    if (!fn.plainHttp || state.streams || state.model?.name !== '@azure/functions' || !/^4\./.test(state.model.version)) {
        return undefined;
    }

    const trial = await state.model.getInvocationModel({
        invocationId: 'trial',
        metadata: fn.metadata,
        request: { inputData: [{ name: fn.trigger, data: { http: { url: 'http://localhost/', method: 'GET', headers: {} } } }] },
        log() {},
    });
    const { context, inputs } = await trial.getArguments();
    return { Context: context.constructor, Request: inputs[0].constructor, options: context.options };
}

/** The arguments of a call, as the model would make them. */
function prepare(fn, core, request) {
    core.done = false;
    const { Context, Request, options } = fn.lean;
    const context = new Context({
        invocationId: core.invocationId,
        functionName: fn.metadata.name,
        traceContext: request.trace,
        options,
        logHandler(level, ...values) {
            if (core.done && core.state !== 'postInvocationHooks') {
                core.log('warning', 'system', `${core.name} (${core.invocationId}) logs after its end: is a promise not awaited?`);
            }

            core.log(level, 'user', format(...values));
        },
    });
    const native = new LazyRequest(request.url, request.method, request.pairs, request.body);
    const input = new Request({ url: request.url, method: request.method, params: request.params, nativeRequest: native });
    return { context, inputs: [input] };
}

const bodiless = new Set([204, 205, 304]);

/** @returns undefined where the model has to convert it. */
function plainAnswer(result) {
    if (result === undefined || result === null) {
        return { status: 204, headers: [], body: '' };
    }

    const { status = 200, headers, cookies, body, jsonBody, enableContentNegotiation } = result;
    if (Object.getPrototypeOf(result) !== Object.prototype || cookies !== undefined || enableContentNegotiation
        || !Number.isInteger(status) || status < 200 || status > 599 || bodiless.has(status)) {
        return undefined;
    }

    const pairs = plainHeaders(headers);
    if (!pairs) {
        return undefined;
    }

    let content = body ?? '';
    let type;
    if (jsonBody !== undefined && jsonBody !== null) {
        content = JSON.stringify(jsonBody);
        type = 'application/json';
    } else if (typeof body === 'string') {
        type = 'text/plain;charset=UTF-8';
    }

    if (typeof content !== 'string' && !(content instanceof Uint8Array)) {
        return undefined;
    }

    if (type && !pairs.some(([name]) => name === 'content-type')) {
        pairs.push(['content-type', type]);
    }

    return { status, headers: pairs, body: content };
}

// ASCII alone: Node writes headers and a text body in one, in the body's encoding.
function plainHeaders(headers) {
    if (headers === undefined) {
        return [];
    }

    if (headers === null || Object.getPrototypeOf(headers) !== Object.prototype) {
        return undefined;
    }

    const pairs = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
    return pairs.every(([name, value]) => typeof value === 'string' && /^[\t\x20-\x7e]*$/.test(value)
        && /^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(name) && name !== 'set-cookie') ? pairs : undefined;
}

module.exports = { learn, prepare, plainAnswer };
