const { app } = require('@azure/functions');

// Works on the orders in the queue, one after the other.
app.storageQueue('bake', {
  queueName: 'work',
  connection: 'AzureWebJobsStorage',
  handler: async (order, context) => {
    const { item } = typeof order === 'string' ? JSON.parse(order) : order;
    context.log(`baked ${item}`);
  },
});
