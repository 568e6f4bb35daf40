'use strict';
// A language worker in small. What it does wrong on purpose is chosen by the setting STANDIN.

const http = require('node:http');
const { open, argument } = require('./stream.cjs');


const mode = process.env.STANDIN ?? '';
const ok = { status: 1 };
const failure = (message) => ({ status: 0, exception: { message, stack: `at ${message}` } });
const loaded = new Map();
const cancelled = new Map();

if (mode === 'exits') {
    console.error('there is no runtime here');
    process.exit(9);
}

if (mode === 'other-user') {
    process.seteuid(65534);
    process.on('exit', () => console.log('the connection has ended'));
}

const { send, close } = open((message) => take(message), mode === 'too-long' ? 0x7fffffff : undefined);

const http200 = (value) => ({ http: { status: '200', headers: { 'content-type': 'application/json' }, body: { json: JSON.stringify(value) } } });
const text = (data) => data?.string ?? data?.json ?? (data?.bytes ?? data?.stream)?.toString('utf8');

const functions = {
    echo: {
        bindings: [{ name: 'req', type: 'httpTrigger', direction: 'In', authLevel: 'anonymous', route: 'echo/{id}' }, { name: '$return', type: 'http', direction: 'Out' }],
        run: ({ inputs, metadata, trace }) => ({ value: http200({
            ...inputs[0].data.http, body: undefined, rawBody: text(inputs[0].data.http.rawBody), text: text(inputs[0].data.http.body),
            bodyKind: Object.keys(inputs[0].data.http.body ?? {})[0], metadata, traceParent: trace.parent,
        }) }),
    },
    cookies: {
        bindings: [{ name: 'req', type: 'httpTrigger', direction: 'In' }, { name: 'res', type: 'http', direction: 'Out' }],
        run: () => ({ outputs: [{ name: 'res', data: { http: {
            status: '404', headers: { 'X-One': '1' }, body: { bytes: Buffer.from([0, 255]) },
            cookies: [{ name: 'a b', value: 'ü', maxAge: { value: 5 }, sameSite: 3, httpOnly: { value: true }, domain: { value: 'd' } }],
        } } }] }),
    },
    job: {
        retry: { max: 3, delay: { seconds: 5 }, strategy: 1 },
        bindings: [{ name: 'item', type: 'queueTrigger', direction: 'In', queueName: '%QUEUE%' }, { name: 'out', type: 'queue', direction: 'Out', queueName: 'done' }],
        run: ({ inputs, metadata, retry }) => ({
            value: { int: -42 },
            outputs: [
                { name: 'out', data: { strings: { string: ['a', text(inputs[0].data)] } } },
                { name: 'meta', data: { json: JSON.stringify({ ...metadata, retry }) } },
                { name: 'double', data: { double: 1.5 } },
                { name: 'bytes', data: { bytes: Buffer.from([1, 2]) } },
            ],
        }),
    },
    backsOff: {
        retry: { max: -1, minimum: { seconds: 1 }, maximum: { seconds: 60 } },
        bindings: [{ name: 't', type: 'timerTrigger', direction: 'In', schedule: '* * * * * *' }],
        run: () => ({}),
    },
    size: { bindings: [{ name: 'item', type: 'queueTrigger', direction: 'In', queueName: 'sizes' }], run: ({ inputs }) => ({ value: { bytes: inputs[0].data.bytes } }) },
    throws: { bindings: [{ name: 't', type: 'timerTrigger', direction: 'In', schedule: '* * * * * *' }], run: () => { throw new Error('thrown on purpose'); } },
    logs: {
        bindings: [{ name: 't', type: 'timerTrigger', direction: 'In', schedule: '* * * * * *' }],
        run: ({ invocationId }) => {
            send({ log: { invocationId, level: 3, message: 'by the function', logCategory: 0 } });
            send({ log: { invocationId, level: 4, message: 'by the worker', logCategory: 1, exception: { message: 'inner', stack: 'at x' } } });
            send({ log: { level: 1, message: 'of no invocation', logCategory: 1 } });
            console.log('LanguageWorkerConsoleLog printed by the worker');
            console.log('printed by the app');
            return {};
        },
    },
    waits: {
        bindings: [{ name: 't', type: 'timerTrigger', direction: 'In', schedule: '* * * * * *' }],
        run: ({ invocationId }) => {
            console.log('waits');
            return new Promise((resolve, reject) => cancelled.set(invocationId, () => reject(new Error('cancelled'))));
        },
    },
    dies: { bindings: [{ name: 't', type: 'timerTrigger', direction: 'In', schedule: '* * * * * *' }], run: () => process.exit(5) },
    environment: {
        bindings: [{ name: 't', type: 'timerTrigger', direction: 'In', schedule: '* * * * * *' }],
        run: () => ({ value: { json: JSON.stringify({ ...process.env, cwd: process.cwd(), argv: process.argv.slice(2), execArgv: process.execArgv }) } }),
    },
};

if (mode === 'http-uri') {
    functions.proxied = {
        bindings: [{ name: 'req', type: 'httpTrigger', direction: 'In', route: 'proxied/{id}' }, { name: '$return', type: 'http', direction: 'Out' }],
        run: async ({ invocationId, inputs, metadata }) => {
            if (metadata.id.string === 'fails') {
                throw new Error('failed before it answered');
            }

            const [request, response] = await arrival(invocationId);
            const chunks = [];
            for await (const chunk of request) {
                chunks.push(chunk);
            }

            response.writeHead(201, { 'x-params': JSON.stringify(inputs[0].data.http.params), 'x-host': request.headers['x-forwarded-host'] });
            response.end(`${request.method} ${request.url} ${Buffer.concat(chunks)} ${JSON.parse(metadata.Headers.json)['X-Test']}`);
            return {};
        },
    };
}

const arrivals = new Map();
const arrival = (id) => new Promise((resolve) => {
    const there = arrivals.get(id);
    arrivals.set(id, there ?? resolve);
    if (there) {
        resolve(there);
    }
});

function listen() {
    return new Promise((resolve) => {
        const server = http.createServer((request, response) => {
            const id = request.headers['x-ms-invocation-id'];
            const waiter = arrivals.get(id);
            arrivals.set(id, [request, response]);
            waiter?.([request, response]);
        });
        server.listen(0, '127.0.0.1', () => resolve(`http://localhost:${server.address().port}/`));
    });
}

function load({ functionId, metadata }) {
    loaded.set(functionId, metadata);
    const known = metadata.name in functions && metadata.name !== 'unloadable';
    return { functionId, result: known ? ok : failure(`cannot load ${metadata.name}`) };
}

async function take(message) {
    // As the Python worker does: under the request id of its command line, whatever the request's own is.
    const reply = (content) => send({ id: mode === 'own-request-id' ? argument('--functions-request-id') : message.id, ...content });
    if (message.initRequest) {
        if (mode === 'hangs-up') {
            close();
            return;
        }

        const told = { HandlesWorkerTerminateMessage: 'true', HandlesInvocationCancelMessage: 'true', UnknownCapability: 'x' };
        if (mode === 'modern') {
            Object.assign(told, { RawHttpBodyBytes: 'true', RpcHttpBodyOnly: 'true', UseNullableValueDictionaryForHttp: 'true', SupportsLoadResponseCollection: 'true', IgnoreEmptyValuedRpcHttpHeaders: 'true' });
        }

        if (mode === 'http-uri') {
            Object.assign(told, { HttpUri: await listen(), RequiresRouteParameters: 'true' });
        }

        reply({ initResponse: { capabilities: told, result: mode === 'init-fails' ? failure('the app has a syntax error') : ok } });
    } else if (message.metadataRequest) {
        const all = Object.entries(functions).map(([name, { bindings, retry }]) => ({
            name, functionId: `id-${name}`, scriptFile: 'n/a', rawBindings: bindings.map((b) => JSON.stringify(b)), ...(retry && { retry }),
        }));
        all.push({ name: 'unloadable', functionId: 'id-unloadable', scriptFile: 'n/a', rawBindings: ['{"name":"t","type":"timerTrigger","schedule":"* * * * * *"}'] });
        reply({ metadataResponse: mode === 'default-indexing' ? { useDefault: true, result: ok } : { functions: all, result: ok } });
    } else if (message.loadRequest) {
        reply({ loadResponse: load(message.loadRequest) });
    } else if (message.loadAll) {
        reply({ loadedAll: { all: message.loadAll.all.map(load) } });
    } else if (message.invocationRequest) {
        const request = message.invocationRequest;
        const { invocationId } = request;
        let answer;
        try {
            const { value, outputs } = await functions[loaded.get(request.functionId).name].run({ metadata: {}, inputs: [], ...request });
            answer = { result: ok, outputs: outputs ?? [], ...(value && { returnValue: value }) };
        } catch (error) {
            answer = { result: failure(error.message) };
        }

        reply({ invocationResponse: { invocationId, ...answer } });
    } else if (message.cancel) {
        console.log(`cancel ${message.cancel.invocationId}`);
        cancelled.get(message.cancel.invocationId)?.();
    } else if (message.terminate) {
        console.log(`terminate ${message.terminate.grace.seconds}`);
        process.exit(0);
    }
}

if (mode !== 'silent') {
    send({ id: argument('--functions-request-id'), start: { workerId: mode === 'stranger' ? 'somebody else' : argument('--functions-worker-id') } });
}
