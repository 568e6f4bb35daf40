const { app } = require('@azure/functions');

app.hook.appStart(() => console.log('the app starts'));
app.hook.appTerminate(() => console.log('the app ends'));
app.hook.preInvocation((context) => {
    if (context.invocationContext.functionName === 'hooked') {
        const { functionHandler } = context;
        context.hookData.before = 'seen';
        context.functionHandler = async (...inputs) => `wrapped ${await functionHandler(...inputs)}`;
    }
});
app.hook.postInvocation((context) => {
    if (context.invocationContext.functionName === 'hooked') {
        context.result = { body: `${context.result}, ${context.hookData.before}` };
    }
});
