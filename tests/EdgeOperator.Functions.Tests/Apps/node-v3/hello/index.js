module.exports = async function (context, req) {
    context.log('greets');
    context.res = { status: 201, headers: { 'x-id': context.invocationId }, body: { hello: req.params.name, q: req.query.q, body: req.body } };
};
