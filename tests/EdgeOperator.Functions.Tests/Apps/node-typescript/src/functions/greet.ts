import { app, HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';

export async function greet(request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> {
    context.log(`greets ${request.params.name}`);
    return { jsonBody: { hello: request.params.name } };
}

app.http('greet', { methods: ['GET'], authLevel: 'anonymous', route: 'greet/{name}', handler: greet });
