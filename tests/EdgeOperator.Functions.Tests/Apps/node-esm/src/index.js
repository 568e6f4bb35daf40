import { app } from '@azure/functions';
import { getProgrammingModel } from '@azure/functions-core';

app.http('hello', {
    authLevel: 'anonymous',
    handler: async (request) => ({ jsonBody: { hello: request.query.get('name'), model: getProgrammingModel().name } }),
});
