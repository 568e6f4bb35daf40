const { app, output } = require('@azure/functions');

const out = output.storageQueue({ queueName: 'out', connection: 'AzureWebJobsStorage' });
const also = output.storageQueue({ queueName: 'also', connection: 'AzureWebJobsStorage' });

app.timer('tick', {
    schedule: '%TICK_SCHEDULE%',
    runOnStartup: true,
    retry: { strategy: 'exponentialBackoff', maxRetryCount: 5, minimumInterval: { seconds: 2 }, maximumInterval: { minutes: 1 } },
    handler: (timer, context) => ({ timer, retry: context.retryContext }),
});

app.storageQueue('job', {
    queueName: 'jobs',
    connection: 'AzureWebJobsStorage',
    return: out,
    extraOutputs: [also],
    retry: { strategy: 'fixedDelay', maxRetryCount: 3, delayInterval: { seconds: 5 } },
    handler: (message, context) => {
        if (message === 'fail') {
            throw new Error('a bad message');
        }

        context.extraOutputs.set(also, ['first', { second: 2 }]);
        return { message, type: Buffer.isBuffer(message) ? 'bytes' : typeof message, dequeueCount: context.triggerMetadata.dequeueCount };
    },
});

app.http('enqueue', {
    authLevel: 'anonymous',
    route: 'enqueue/{id}',
    extraOutputs: [out],
    handler: async (request, context) => {
        context.extraOutputs.set(out, `${request.params.id}: ${await request.text()}`);
        return { status: 202, body: 'accepted', headers: { 'x-id': request.params.id } };
    },
});

for (const [name, value] of Object.entries({ text: 'plain', number: 42, fraction: 1.5, truth: true, nothing: undefined, bytes: Buffer.from([1, 2, 255]) })) {
    app.storageQueue(`returns_${name}`, { queueName: 'incoming', connection: 'AzureWebJobsStorage', return: out, handler: () => value });
}
