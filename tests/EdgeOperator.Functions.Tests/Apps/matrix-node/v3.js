const run = require('./run');

/** Every function of the older model: mx-TRIGGER-FURTHER. */
module.exports = async function (context, trigger) {
    const [, kind, further] = context.executionContext.functionName.split('-');
    const value = further === 'blobin' ? context.bindings.text ?? 'null' : further === 'tablein' ? context.bindings.row?.Text ?? 'null' : 'nothing';
    const read = {
        http: () => [trigger.query.do, trigger.query.call],
        queue: () => [trigger.Do, trigger.Call],
        blob: () => [`${trigger}`, context.bindingData.call],
        timer: () => [process.env.TIMER_DO, process.env.CALL],
    };
    const [what, id] = read[kind]();
    await run(what, id, kind === 'timer' ? `${id}-${further}` : id, value);
    if (further.endsWith('out')) {
        context.bindings.out = further === 'tableout' ? { PartitionKey: 'p', RowKey: id, Text: 'done' } : 'done';
    }

    if (kind === 'http') {
        context.res = { body: value };
    }
};
