'use strict';
// A call described in JSON: { id, function, inputs: [{ name, data }], metadata: { name: data }, traceParent, traceState,
// retryCount, maxRetryCount, isForwarded }. Data is one of { text }, { json }, { bytes: base64 }, { http }.

const { state } = require('./core.cjs')[Symbol.for('edgeop.worker')];
const { exchange } = require('./memory.cjs');
const { streamed, forwardedFor } = require('./streams.cjs');
const { complete, fail } = require('./answer.cjs');
const { invoke } = require('./invoke.cjs');
const { toRpcHttp, toAnswer, toBytes } = require('./http.cjs');
const { find, words } = require('./functions.cjs');

function toRpc({ text, json, bytes, http }) {
    if (text !== undefined) {
        return { string: text };
    }

    if (bytes !== undefined) {
        return { bytes: Buffer.from(bytes, 'base64') };
    }

    if (http !== undefined) {
        const body = http.body === undefined ? undefined : Buffer.from(http.body, 'base64');
        return { http: toRpcHttp(http.url, http.method, http.headers, http.params, body) };
    }

    return { json: JSON.stringify(json ?? null) };
}

function fromRpc(data) {
    if (data.json !== undefined && data.json !== null) {
        return { json: JSON.parse(data.json) };
    }

    const number = data.int ?? data.double;
    if (number !== undefined && number !== null) {
        return { json: number };
    }

    return data.string !== undefined && data.string !== null ? { text: data.string } : { bytes: toBytes(data).toString('base64') };
}

const inputsOf = (call) => call.inputs.map(({ name, data }) => ({ name, data: toRpc(data) }));

const mapped = (data) => Object.fromEntries(Object.entries(data ?? {}).map(([name, value]) => [name, toRpc(value)]));

async function invokeJson(call, connection) {
    const fn = find(call.function);
    try {
        if (call.isForwarded) {
            return await invokeForwarded(fn, call, await forwardedFor(call.id, connection));
        }

        const trigger = call.inputs.find(({ name }) => name === fn.trigger)?.data;
        if (state.streams && trigger?.http) {
            return await invokeStreamed(fn, call, trigger.http);
        }

        const response = await invoke(fn, {
            invocationId: call.id,
            functionId: fn.metadata.functionId,
            inputData: inputsOf(call),
            triggerMetadata: mapped(call.metadata),
            traceContext: { traceParent: call.traceParent, traceState: call.traceState },
            retryContext: call.maxRetryCount === undefined ? undefined : { retryCount: call.retryCount, maxRetryCount: call.maxRetryCount },
        });
        return result(fn, response, (answered) => toAnswer(fn, answered));
    } catch (error) {
        return { error: words(error) };
    }
}

function result(fn, response, toHttp) {
    const outputs = {};
    for (const { name, data } of response.outputData ?? []) {
        outputs[name] = data.http ? answer(toHttp(response)) : fromRpc(data);
    }

    const value = response.returnValue;
    return { outputs, value: value ? (value.http ? answer(toHttp(response)) : fromRpc(value)) : undefined };
}

const answer = ({ status, headers, body }) => ({ http: { status, headers, body: Buffer.from(body).toString('base64') } });

const withoutHttp = ({ outputData }) => ({ outputData: (outputData ?? []).filter(({ data }) => !data.http) });

/** A function that answers its client itself, and whose other inputs and outputs are the host's to read and write. */
async function invokeForwarded(fn, call, { given, request, response, done }) {
    try {
        const invoked = await streamed(fn, call.id, given, request, response, inputsOf(call));
        complete(response);
        return result(fn, withoutHttp(invoked));
    } catch (error) {
        fail(response, call.id);
        throw error;
    } finally {
        done();
    }
}

/** The same for a request that no client has sent: the answer is the call's result. */
async function invokeStreamed(fn, call, http) {
    const { request, response } = exchange(http, call.id);
    const given = { pairs: http.headers, params: http.params ?? {}, trace: { traceParent: call.traceParent, traceState: call.traceState } };
    const further = inputsOf(call).filter(({ name }) => name !== fn.trigger);
    const invoked = await streamed(fn, call.id, given, request, response, further);
    const { outputs } = result(fn, withoutHttp(invoked));
    const [name] = Object.entries(fn.metadata.bindings).find(([, { type, direction }]) => /^http$/i.test(type) && /^out$/i.test(direction)) ?? [];
    const http204 = { status: 204, headers: [], body: '' };
    const answered = answer(response.writableEnded ? response.answer : http204);
    if (name === '$return') {
        return { outputs, value: answered };
    }

    return { outputs: name === undefined ? outputs : { ...outputs, [name]: answered } };
}

module.exports = { invokeJson };
