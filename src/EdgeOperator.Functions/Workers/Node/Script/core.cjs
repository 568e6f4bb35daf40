'use strict';
// What @azure/functions expects of its host process under the name @azure/functions-core.

class Disposable {
    #end;

    constructor(end) {
        this.#end = end;
    }

    static from(...others) {
        return new Disposable(() => others.forEach((other) => other?.dispose?.()));
    }

    dispose() {
        const end = this.#end;
        this.#end = undefined;
        return end?.();
    }
}

const state = { functions: new Map(), model: undefined, locked: false, running: 0, streams: undefined, log: () => {} };
const hooks = { appStart: [], appTerminate: [], preInvocation: [], postInvocation: [], log: [] };

function systemError(message, Type = Error) {
    return Object.assign(new Type(message), { isAzureFunctionsSystemError: true });
}

function registerFunction(metadata, callback) {
    if (state.locked) {
        throw systemError('A function can only be registered while the app starts.');
    }

    const name = metadata.name ?? metadata.functionId;
    const key = String(name).toLowerCase();
    if (state.functions.has(key)) {
        throw systemError(`A function with the name "${name}" is registered already.`);
    }

    const bindings = Object.entries(metadata.bindings ?? {});
    const others = bindings.filter(([, binding]) => /^out$/i.test(binding.direction) && !/^http$/i.test(binding.type));
    const trigger = bindings.find(([, binding]) => /trigger$/i.test(binding.type));
    state.functions.set(key, {
        metadata: { ...metadata, name, functionId: metadata.functionId ?? name },
        callback,
        trigger: trigger?.[0],
        plainHttp: /^httpTrigger$/i.test(trigger?.[1].type) && others.length === 0,
    });
    return new Disposable(() => {
        if (state.locked) {
            throw systemError('A function can only be disposed while the app starts.');
        }

        state.functions.delete(key);
    });
}

function registerHook(name, callback) {
    const list = Object.hasOwn(hooks, name) ? hooks[name] : undefined;
    if (!list) {
        throw systemError(`There is no hook "${name}".`, RangeError);
    }

    list.push(callback);
    return new Disposable(() => {
        const index = list.indexOf(callback);
        if (index >= 0) {
            list.splice(index, 1);
        }
    });
}

async function runHooks(name, context) {
    for (const hook of [...hooks[name]]) {
        await hook(context);
    }
}

// Named one by one: only so does `import { registerFunction } from '@azure/functions-core'` find them.
exports.version = '4.0.0';
exports.hostVersion = process.env.EDGEOP_HOST_VERSION ?? '4.0.0';
exports.registerFunction = registerFunction;
exports.registerHook = registerHook;
exports.setProgrammingModel = (model) => {
    if (state.locked) {
        throw systemError('The programming model can only be set while the app starts.');
    }

    state.model = model;
};
exports.getProgrammingModel = () => state.model;
exports.log = (level, category, message) => state.log(level, category, message);
exports.Disposable = Disposable;

/** The worker's own side; apps are not meant to see it. */
exports[Symbol.for('edgeop.worker')] = { state, hooks, runHooks };
