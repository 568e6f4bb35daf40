const { app } = require('@azure/functions');

app.timer('tick', {
  schedule: '%TICK%',
  handler: async (timer, context) => {
    context.log('the oven is warm');
  },
});
