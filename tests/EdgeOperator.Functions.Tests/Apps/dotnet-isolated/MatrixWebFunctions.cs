using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace IsolatedApp;

/// <summary>HTTP functions of the matrix with the types of ASP.NET Core: <c>mx-web-FURTHER</c>.</summary>
public sealed class MatrixWebFunctions
{
    [Function("mx-web-none")]
    public Task<IActionResult> NoneAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "mx/web/none")] HttpRequest request) => AnswerAsync(request);

    [Function("mx-web-blobin")]
    public Task<IActionResult> BlobInAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "mx/web/blobin")] HttpRequest request, [BlobInput("mx-data/{call}")] string? text) =>
        AnswerAsync(request, text ?? "null");

    [Function("mx-web-tablein")]
    public Task<IActionResult> TableInAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "mx/web/tablein")] HttpRequest request, [TableInput("Matrix", "p", "{call}")] MatrixRow? row) =>
        AnswerAsync(request, row?.Text ?? "null");

    [Function("mx-web-queueout")]
    public async Task<QueueOutResult> QueueOutAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "mx/web/queueout")] HttpRequest request) =>
        new() { Response = await AnswerAsync(request), Output = Matrix.Done };

    [Function("mx-web-blobout")]
    public async Task<BlobOutResult> BlobOutAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "mx/web/blobout")] HttpRequest request) =>
        new() { Response = await AnswerAsync(request), Output = Matrix.Done };

    [Function("mx-web-tableout")]
    public async Task<TableOutResult> TableOutAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "mx/web/tableout")] HttpRequest request) =>
        new() { Response = await AnswerAsync(request), Output = Matrix.Row(request.Query["call"]) };

    private static async Task<IActionResult> AnswerAsync(HttpRequest request, string value = "nothing")
    {
        await Matrix.RunAsync(request.Query["do"], request.Query["call"], value);
        return new OkObjectResult(value);
    }

    public sealed class QueueOutResult
    {
        [HttpResult]
        public required IActionResult Response { get; init; }

        [QueueOutput("out-{call}")]
        public required string Output { get; init; }
    }

    public sealed class BlobOutResult
    {
        [HttpResult]
        public required IActionResult Response { get; init; }

        [BlobOutput("mx-data/{call}")]
        public required string Output { get; init; }
    }

    public sealed class TableOutResult
    {
        [HttpResult]
        public required IActionResult Response { get; init; }

        [TableOutput("Matrix")]
        public required MatrixRow Output { get; init; }
    }
}
