using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;

namespace IsolatedApp;

public sealed record MatrixOrder(string Do, string Call);

/// <summary>Functions that note each run and then do what their trigger says: of every kind of trigger, with and without an output.</summary>
public sealed class MatrixFunctions
{
    [Function("mx-data")]
    public async Task<HttpResponseData> DataAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "mx/data")] HttpRequestData request) =>
        await AnswerAsync(request);

    [Function("mx-data-out")]
    public async Task<DataOut> DataOutAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "mx/data-out")] HttpRequestData request) =>
        new() { Response = await AnswerAsync(request), Message = "done" };

    [Function("mx-web")]
    public async Task<IActionResult> WebAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "mx/web")] HttpRequest request) => await AnswerAsync(request);

    [Function("mx-web-out")]
    public async Task<WebOut> WebOutAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "mx/web-out")] HttpRequest request) =>
        new() { Response = await AnswerAsync(request), Message = "done" };

    [Function("mx-queue")]
    public Task QueueAsync([QueueTrigger("mx-queue")] MatrixOrder order) => RunAsync(order.Do, order.Call);

    [Function("mx-queue-out")]
    [QueueOutput("out-{call}")]
    public async Task<string> QueueOutAsync([QueueTrigger("mx-queue-out")] MatrixOrder order)
    {
        await RunAsync(order.Do, order.Call);
        return "done";
    }

    private static async Task<HttpResponseData> AnswerAsync(HttpRequestData request)
    {
        await RunAsync(request.Query["do"], request.Query["call"]);
        return request.CreateResponse(HttpStatusCode.OK);
    }

    private static async Task<IActionResult> AnswerAsync(HttpRequest request)
    {
        await RunAsync(request.Query["do"], request.Query["call"]);
        return new OkResult();
    }

    private static async Task RunAsync(string? what, string? id)
    {
        var notes = Path.Combine(Environment.GetEnvironmentVariable("NOTES") ?? "", id ?? "");
        await File.AppendAllTextAsync(notes, "run\n");
        if (what == "throw")
        {
            throw new InvalidOperationException("thrown on purpose");
        }

        while (what == "hang" || (what == "wait" && !File.Exists($"{notes}.go")))
        {
            await Task.Delay(20);
        }
    }

    public sealed class DataOut
    {
        [HttpResult]
        public required HttpResponseData Response { get; init; }

        [QueueOutput("out-{call}")]
        public required string Message { get; init; }
    }

    public sealed class WebOut
    {
        [HttpResult]
        public required IActionResult Response { get; init; }

        [QueueOutput("out-{call}")]
        public required string Message { get; init; }
    }
}
