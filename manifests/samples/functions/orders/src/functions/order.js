const { app, output } = require('@azure/functions');

const work = output.storageQueue({ queueName: 'work', connection: 'AzureWebJobsStorage' });

// POST /api/orders puts an order into the queue and answers at once.
app.http('order', {
  methods: ['POST'],
  route: 'orders',
  authLevel: 'anonymous',
  extraOutputs: [work],
  handler: async (request, context) => {
    const order = await request.json();
    context.extraOutputs.set(work, JSON.stringify(order));
    return { status: 202, jsonBody: { accepted: order, shop: process.env.SHOP } };
  },
});
