'use strict';
// One call of a function, through the programming model that the app's library brought.

const { state, hooks, runHooks } = require('./core.cjs')[Symbol.for('edgeop.worker')];
const { log, running } = require('./log.cjs');

const appHookData = {};

/** One call, as the library's model is told of it. */
class Call {
    state;
    context;
    done = false;

    constructor(fn, request) {
        this.invocationId = request.invocationId;
        this.request = request;
        this.metadata = fn.metadata;
        this.name = fn.metadata.name;
    }

    log(level, category, message) {
        log(level, category, message, this);
    }
}

/**
 * @param request in the shape of the language worker protocol's InvocationRequest
 * @returns its InvocationResponse
 */
function invoke(fn, request) {
    const call = new Call(fn, request);
    return running.run(call, async () => {
        const model = await state.model.getInvocationModel(call);
        const given = await model.getArguments();
        const result = await callWithHooks(fn, call, given, (callback, inputs) => model.invokeFunction(given.context, inputs, callback));
        return model.getResponse(given.context, result);
    });
}

/** Runs what the hooks leave of the function between the hooks. */
async function callWithHooks(fn, call, { context, inputs }, enter) {
    call.context = context;
    if (hooks.preInvocation.length === 0 && hooks.postInvocation.length === 0) {
        return enter(fn.callback, inputs);
    }

    const shared = { hookData: {}, appHookData, invocationContext: context };
    const before = { ...shared, functionCallback: fn.callback, inputs };
    call.state = 'preInvocationHooks';
    await runHooks('preInvocation', before);

    const after = { ...shared, inputs: before.inputs, result: null, error: null };
    call.state = 'invocation';
    try {
        after.result = await enter(before.functionCallback, before.inputs);
    } catch (error) {
        after.error = error ?? new Error('Unknown error');
    }

    call.state = 'postInvocationHooks';
    await runHooks('postInvocation', after);
    call.state = undefined;
    if (after.error !== null && after.error !== undefined) {
        throw after.error;
    }

    return after.result;
}

module.exports = { Call, invoke, callWithHooks, appHookData };
