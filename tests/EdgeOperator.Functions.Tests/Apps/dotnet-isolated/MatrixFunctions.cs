using Microsoft.Azure.Functions.Worker;

namespace IsolatedApp;

/// <summary>Functions of the matrix that nobody waits for: <c>mx-TRIGGER-FURTHER</c>.</summary>
public sealed class MatrixFunctions
{
    [Function("mx-queue-none")]
    public Task QueueNoneAsync([QueueTrigger("mx-queue-none")] MatrixOrder order) =>
        Matrix.RunAsync(order.Do, order.Call);

    [Function("mx-queue-blobin")]
    public Task QueueBlobInAsync([QueueTrigger("mx-queue-blobin")] MatrixOrder order, [BlobInput("mx-data/{call}")] string? text) =>
        Matrix.RunAsync(order.Do, order.Call, text ?? "null");

    [Function("mx-queue-tablein")]
    public Task QueueTableInAsync([QueueTrigger("mx-queue-tablein")] MatrixOrder order, [TableInput("Matrix", "p", "{call}")] MatrixRow? row) =>
        Matrix.RunAsync(order.Do, order.Call, row?.Text ?? "null");

    [Function("mx-queue-queueout")]
    [QueueOutput("out-{call}")]
    public async Task<string> QueueQueueOutAsync([QueueTrigger("mx-queue-queueout")] MatrixOrder order)
    {
        await Matrix.RunAsync(order.Do, order.Call);
        return Matrix.Done;
    }

    [Function("mx-queue-blobout")]
    [BlobOutput("mx-data/{call}")]
    public async Task<string> QueueBlobOutAsync([QueueTrigger("mx-queue-blobout")] MatrixOrder order)
    {
        await Matrix.RunAsync(order.Do, order.Call);
        return Matrix.Done;
    }

    [Function("mx-queue-tableout")]
    [TableOutput("Matrix")]
    public async Task<MatrixRow> QueueTableOutAsync([QueueTrigger("mx-queue-tableout")] MatrixOrder order)
    {
        await Matrix.RunAsync(order.Do, order.Call);
        return Matrix.Row(order.Call);
    }

    [Function("mx-blob-none")]
    public Task BlobNoneAsync([BlobTrigger("mx-blob-none/{call}")] string what, string call) =>
        Matrix.RunAsync(what, call);

    [Function("mx-blob-blobin")]
    public Task BlobBlobInAsync([BlobTrigger("mx-blob-blobin/{call}")] string what, string call, [BlobInput("mx-data/{call}")] string? text) =>
        Matrix.RunAsync(what, call, text ?? "null");

    [Function("mx-blob-tablein")]
    public Task BlobTableInAsync([BlobTrigger("mx-blob-tablein/{call}")] string what, string call, [TableInput("Matrix", "p", "{call}")] MatrixRow? row) =>
        Matrix.RunAsync(what, call, row?.Text ?? "null");

    [Function("mx-blob-queueout")]
    [QueueOutput("out-{call}")]
    public async Task<string> BlobQueueOutAsync([BlobTrigger("mx-blob-queueout/{call}")] string what, string call)
    {
        await Matrix.RunAsync(what, call);
        return Matrix.Done;
    }

    [Function("mx-blob-blobout")]
    [BlobOutput("mx-data/{call}")]
    public async Task<string> BlobBlobOutAsync([BlobTrigger("mx-blob-blobout/{call}")] string what, string call)
    {
        await Matrix.RunAsync(what, call);
        return Matrix.Done;
    }

    [Function("mx-blob-tableout")]
    [TableOutput("Matrix")]
    public async Task<MatrixRow> BlobTableOutAsync([BlobTrigger("mx-blob-tableout/{call}")] string what, string call)
    {
        await Matrix.RunAsync(what, call);
        return Matrix.Row(call);
    }

    [Function("mx-timer-none")]
    public Task TimerNoneAsync([TimerTrigger("%TIMER_SCHEDULE%", RunOnStartup = true)] TimerInfo timer) =>
        Matrix.RunTimerAsync("none");

    [Function("mx-timer-blobin")]
    public Task TimerBlobInAsync([TimerTrigger("%TIMER_SCHEDULE%", RunOnStartup = true)] TimerInfo timer, [BlobInput("mx-data/%CALL%in")] string? text) =>
        Matrix.RunTimerAsync("blobin", text ?? "null");

    [Function("mx-timer-tablein")]
    public Task TimerTableInAsync([TimerTrigger("%TIMER_SCHEDULE%", RunOnStartup = true)] TimerInfo timer, [TableInput("Matrix", "p", "%CALL%in")] MatrixRow? row) =>
        Matrix.RunTimerAsync("tablein", row?.Text ?? "null");

    [Function("mx-timer-queueout")]
    [QueueOutput("out-%CALL%")]
    public async Task<string> TimerQueueOutAsync([TimerTrigger("%TIMER_SCHEDULE%", RunOnStartup = true)] TimerInfo timer)
    {
        await Matrix.RunTimerAsync("queueout");
        return Matrix.Done;
    }

    [Function("mx-timer-blobout")]
    [BlobOutput("mx-data/%CALL%")]
    public async Task<string> TimerBlobOutAsync([TimerTrigger("%TIMER_SCHEDULE%", RunOnStartup = true)] TimerInfo timer)
    {
        await Matrix.RunTimerAsync("blobout");
        return Matrix.Done;
    }

    [Function("mx-timer-tableout")]
    [TableOutput("Matrix")]
    public async Task<MatrixRow> TimerTableOutAsync([TimerTrigger("%TIMER_SCHEDULE%", RunOnStartup = true)] TimerInfo timer)
    {
        await Matrix.RunTimerAsync("tableout");
        return Matrix.Row(Matrix.Setting("CALL"));
    }
}
