'use strict';
// A call described in JSON: { id, function, inputs: { name: data }, metadata: { name: data }, traceParent, traceState,
// retryCount, maxRetryCount }. Data is one of { text }, { json }, { bytes: base64 }, { http }.

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

const mapped = (data) => Object.fromEntries(Object.entries(data ?? {}).map(([name, value]) => [name, toRpc(value)]));

async function invokeJson(call) {
    const fn = find(call.function);
    try {
        const response = await invoke(fn, {
            invocationId: call.id,
            functionId: fn.metadata.functionId,
            inputData: Object.entries(mapped(call.inputs)).map(([name, data]) => ({ name, data })),
            triggerMetadata: mapped(call.metadata),
            traceContext: { traceParent: call.traceParent, traceState: call.traceState },
            retryContext: call.maxRetryCount === undefined ? undefined : { retryCount: call.retryCount, maxRetryCount: call.maxRetryCount },
        });
        const outputs = {};
        for (const { name, data } of response.outputData ?? []) {
            outputs[name] = data.http ? answer(fn, response) : fromRpc(data);
        }

        const value = response.returnValue;
        return { outputs, value: value ? (value.http ? answer(fn, response) : fromRpc(value)) : undefined };
    } catch (error) {
        return { error: words(error) };
    }
}

function answer(fn, response) {
    const { status, headers, body } = toAnswer(fn, response);
    return { http: { status, headers, body: Buffer.from(body).toString('base64') } };
}

module.exports = { invokeJson };
