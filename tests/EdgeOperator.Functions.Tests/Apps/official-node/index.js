const { app } = require('@azure/functions');

app.http('hello', {
    authLevel: 'anonymous',
    handler: async (request, context) => {
        context.log(`greets ${request.query.get('name')}`);
        return { body: `Hello, ${request.query.get('name')}.` };
    },
});

app.http('fails', {
    authLevel: 'anonymous',
    handler: async () => {
        throw new Error('thrown on purpose');
    },
});
