'use strict';
// The functions that are loaded, and what they are announced as.

const { state } = require('./core.cjs')[Symbol.for('edgeop.worker')];
const { log } = require('./log.cjs');

function find(name) {
    const fn = state.functions.get(String(name).toLowerCase());
    if (!fn) {
        throw new Error(`The function "${name}" is not loaded.`);
    }

    return fn;
}

/** One whose message says it all. */
class AppError extends Error {}

/** What a thrown value says: its stack where it has one. */
function words(error) {
    if (error instanceof AppError) {
        return error.message;
    }

    if (error instanceof Error) {
        return error.stack?.includes(error.message) ? error.stack : `${error.name}: ${error.message}\n${error.stack ?? ''}`;
    }

    return typeof error === 'string' ? error : require('node:util').inspect(error);
}

function failed(fn, id, error) {
    log('error', 'failure', words(error), { invocationId: id, name: fn.metadata.name });
}

const seconds = (duration) => (duration ? Number(duration.seconds ?? 0) + Number(duration.nanos ?? 0) / 1e9 : undefined);

function announce() {
    return [...state.functions.values()].map(({ metadata: { name, bindings, retryOptions: retry } }) => ({
        name,
        bindings: Object.entries(bindings).map(([key, binding]) => ({ ...binding, name: key })),
        retry: retry && {
            strategy: retry.retryStrategy ?? retry.strategy,
            maxRetryCount: retry.maxRetryCount,
            delay: seconds(retry.delayInterval),
            minimum: seconds(retry.minimumInterval),
            maximum: seconds(retry.maximumInterval),
        },
    }));
}

module.exports = { AppError, find, failed, words, announce };
