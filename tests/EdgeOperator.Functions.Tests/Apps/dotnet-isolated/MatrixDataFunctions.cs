using System.Net;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;

namespace IsolatedApp;

/// <summary>HTTP functions of the matrix with the worker's own types: <c>mx-data-FURTHER</c>.</summary>
public sealed class MatrixDataFunctions
{
    [Function("mx-data-none")]
    public Task<HttpResponseData> NoneAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "mx/data/none")] HttpRequestData request) => AnswerAsync(request);

    [Function("mx-data-blobin")]
    public Task<HttpResponseData> BlobInAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "mx/data/blobin")] HttpRequestData request, [BlobInput("mx-data/{call}")] string? text) =>
        AnswerAsync(request, text ?? "null");

    [Function("mx-data-tablein")]
    public Task<HttpResponseData> TableInAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "mx/data/tablein")] HttpRequestData request, [TableInput("Matrix", "p", "{call}")] MatrixRow? row) =>
        AnswerAsync(request, row?.Text ?? "null");

    [Function("mx-data-queueout")]
    public async Task<QueueOutResult> QueueOutAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "mx/data/queueout")] HttpRequestData request) =>
        new() { Response = await AnswerAsync(request), Output = Matrix.Done };

    [Function("mx-data-blobout")]
    public async Task<BlobOutResult> BlobOutAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "mx/data/blobout")] HttpRequestData request) =>
        new() { Response = await AnswerAsync(request), Output = Matrix.Done };

    [Function("mx-data-tableout")]
    public async Task<TableOutResult> TableOutAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "mx/data/tableout")] HttpRequestData request) =>
        new() { Response = await AnswerAsync(request), Output = Matrix.Row(request.Query["call"]) };

    private static async Task<HttpResponseData> AnswerAsync(HttpRequestData request, string value = "nothing")
    {
        await Matrix.RunAsync(request.Query["do"], request.Query["call"], value);
        var response = request.CreateResponse(HttpStatusCode.OK);
        response.WriteString(value);
        return response;
    }

    public sealed class QueueOutResult
    {
        [HttpResult]
        public required HttpResponseData Response { get; init; }

        [QueueOutput("out-{call}")]
        public required string Output { get; init; }
    }

    public sealed class BlobOutResult
    {
        [HttpResult]
        public required HttpResponseData Response { get; init; }

        [BlobOutput("mx-data/{call}")]
        public required string Output { get; init; }
    }

    public sealed class TableOutResult
    {
        [HttpResult]
        public required HttpResponseData Response { get; init; }

        [TableOutput("Matrix")]
        public required MatrixRow Output { get; init; }
    }
}
