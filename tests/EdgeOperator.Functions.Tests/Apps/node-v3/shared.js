exports.work = (context, item) => {
    context.bindings.out = { got: item };
    context.done();
};
exports.other = () => {};
