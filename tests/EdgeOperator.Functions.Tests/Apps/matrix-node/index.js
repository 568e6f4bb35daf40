const { app, input, output } = require('@azure/functions');
const run = require('./run');

if (process.env.STREAMS) {
    app.setup({ enableHttpStream: true });
}

// In timers, which know no call, its id is a setting, and the same in all of them: what one reads must not be what another writes.
function further(kind, call, read = call) {
    const connection = 'AzureWebJobsStorage';
    const all = {
        none: {},
        blobin: { extraInputs: [input.storageBlob({ path: `mx-data/${read}`, connection, dataType: 'string' })] },
        tablein: { extraInputs: [input.table({ tableName: 'Matrix', partitionKey: 'p', rowKey: read, connection })] },
        queueout: { extraOutputs: [output.storageQueue({ queueName: `out-${call}`, connection })] },
        blobout: { extraOutputs: [output.storageBlob({ path: `mx-data/${call}`, connection })] },
        tableout: { extraOutputs: [output.table({ tableName: 'Matrix', connection })] },
    };
    return all[kind];
}

function handler(kind, options, read) {
    return async (trigger, context) => {
        const { what, id, note = id } = read(trigger, context);
        const [given] = options.extraInputs ?? [];
        const extra = given && context.extraInputs.get(given);
        const value = !given ? 'nothing' : kind === 'tablein' ? extra?.Text ?? 'null' : extra ?? 'null';
        await run(what, id, note, value);
        for (const out of options.extraOutputs ?? []) {
            context.extraOutputs.set(out, kind === 'tableout' ? { PartitionKey: 'p', RowKey: id, Text: 'done' } : 'done');
        }

        return value;
    };
}

for (const kind of ['none', 'blobin', 'tablein', 'queueout', 'blobout', 'tableout']) {
    const options = further(kind, '{call}');
    const answer = handler(kind, options, (request) => ({ what: request.query.get('do'), id: request.query.get('call') }));
    app.http(`mx-http-${kind}`, {
        ...options, authLevel: 'anonymous', route: `mx/http/${kind}`, handler: async (request, context) => ({ body: await answer(request, context) }),
    });
    app.storageQueue(`mx-queue-${kind}`, {
        ...options, queueName: `mx-queue-${kind}`, connection: 'AzureWebJobsStorage', handler: handler(kind, options, (order) => ({ what: order.Do, id: order.Call })),
    });
    app.storageBlob(`mx-blob-${kind}`, {
        ...options, path: `mx-blob-${kind}/{call}`, connection: 'AzureWebJobsStorage',
        handler: handler(kind, options, (blob, context) => ({ what: `${blob}`, id: context.triggerMetadata.call })),
    });
    const timed = further(kind, '%CALL%', '%CALL%in');
    app.timer(`mx-timer-${kind}`, {
        ...timed, schedule: '%TIMER_SCHEDULE%', runOnStartup: true,
        handler: handler(kind, timed, () => ({ what: process.env.TIMER_DO, id: process.env.CALL, note: `${process.env.CALL}-${kind}` })),
    });
}
