const { app, HttpResponse } = require('@azure/functions');

const http = (name, handler, options = {}) => app.http(name, { authLevel: 'anonymous', methods: ['GET', 'POST', 'PUT', 'DELETE'], ...options, handler });

http('hello', async (request) => ({ jsonBody: { hello: request.query.get('name') ?? 'world' } }));

http('echo', async (request, context) => {
    const body = Buffer.from(await request.arrayBuffer());
    return {
        jsonBody: {
            method: request.method,
            url: request.url,
            params: request.params,
            query: [...request.query],
            headers: Object.fromEntries(request.headers),
            text: body.toString('utf8'),
            invocationId: context.invocationId,
            functionName: context.functionName,
            trigger: context.options.trigger.type,
            traceParent: context.traceContext?.traceParent,
        },
    };
}, { route: 'echo/{id:int}/{*rest}' });

http('bytes', async (request) => ({ body: Buffer.from(await request.arrayBuffer()).reverse(), headers: { 'Content-Type': 'application/octet-stream' } }));
http('large', () => ({ body: 'x'.repeat(20_000_000) }));
http('text', () => ({ body: 'Grüße, 世界 🌍', headers: { 'X-One': 'a', 'x-two': 'b' } }));
http('status', (request) => ({ status: Number(request.query.get('code')), body: 'ignored where there must be none' }));
http('trace', (request, context) => ({ body: context.traceContext.traceParent }));
http('nothing', () => {});
http('class', () => new HttpResponse({ status: 201, body: 'made', headers: { 'x-made': 'yes' } }));
http('cookies', () => ({
    body: 'with cookies',
    cookies: [
        { name: 'a', value: '1' },
        { name: 'b', value: 'x y', path: '/p', maxAge: 60, httpOnly: true, secure: true, sameSite: 'Strict' },
    ],
}));
http('stream', () => ({ body: new ReadableStream({
    start(controller) {
        controller.enqueue(Buffer.from('one '));
        controller.enqueue(Buffer.from('two'));
        controller.close();
    },
}) }));
http('form', async (request) => ({ body: (await request.formData()).get('field') }));
http('hooked', async () => 'result');

http('throws', () => { throw new Error('thrown on purpose'); });
http('rejects', async () => { throw new TypeError('rejected on purpose'); });
http('throwsText', () => { throw 'just text'; });
http('wrong', () => 'an answer must be an object');
http('exits', () => process.exit(7));
http('unhandled', () => {
    Promise.reject(new Error('nobody handles this'));
    return new Promise(() => {});
});
http('logs', async (request, context) => {
    context.trace('at trace');
    context.debug('at debug');
    context.log('at information', { with: ['a', 'value'] });
    context.warn('at warning');
    context.error('at error');
    await new Promise((resolve) => setTimeout(resolve, 1));
    console.log('by console');
    console.error('by console.error');
    process.stdout.write('by stdout\n');
    return {};
});
http('environment', (request) => ({ jsonBody: { value: process.env[request.query.get('name')] ?? null, all: Object.keys(process.env) } }));
