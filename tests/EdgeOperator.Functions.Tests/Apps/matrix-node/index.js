const fs = require('node:fs');
const path = require('node:path');
const { app, output } = require('@azure/functions');

const out = output.storageQueue({ queueName: 'out-{call}', connection: '' });

async function run(what, id) {
    const notes = path.join(process.env.NOTES, id);
    fs.appendFileSync(notes, 'run\n');
    if (what === 'throw') {
        throw new Error('thrown on purpose');
    }

    while (what === 'hang' || (what === 'wait' && !fs.existsSync(`${notes}.go`))) {
        await new Promise((resolve) => setTimeout(resolve, 20));
    }
}

async function answer(request) {
    await run(request.query.get('do'), request.query.get('call'));
    return { status: 200 };
}

app.http('mx-http', { authLevel: 'anonymous', route: 'mx/http', handler: answer });
app.http('mx-http-out', {
    authLevel: 'anonymous', route: 'mx/http-out', extraOutputs: [out],
    handler: async (request, context) => {
        const answered = await answer(request);
        context.extraOutputs.set(out, 'done');
        return answered;
    },
});
app.storageQueue('mx-queue', { queueName: 'mx-queue', connection: '', handler: (order) => run(order.Do, order.Call) });
app.storageQueue('mx-queue-out', {
    queueName: 'mx-queue-out', connection: '', return: out,
    handler: async (order) => {
        await run(order.Do, order.Call);
        return 'done';
    },
});
