using System.Net;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.Extensions.Logging;

namespace IsolatedApp;

/// <summary>Functions with the worker's own request and response types.</summary>
public sealed class DataFunctions(Greeter greeter, ILogger<DataFunctions> logger)
{
    [Function("data-hello")]
    public async Task<HttpResponseData> HelloAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = "data/hello/{id:int?}")] HttpRequestData request, string? name, int? id)
    {
        logger.LogInformation("greets {Name}", name);
        var body = await request.ReadAsStringAsync();
        var response = request.CreateResponse(HttpStatusCode.Accepted);
        response.Headers.Add("x-id", $"{id}");
        response.Headers.Add("x-length", $"{body?.Length ?? 0}");
        response.WriteString(greeter.Greet(name));
        return response;
    }

    [Function("data-throws")]
    public HttpResponseData Throws([HttpTrigger(AuthorizationLevel.Anonymous, Route = "data/throws")] HttpRequestData request) =>
        throw new InvalidOperationException("thrown on purpose");

    [Function("data-hangs")]
    public async Task<HttpResponseData> HangsAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, Route = "data/hangs")] HttpRequestData request, CancellationToken cancellation)
    {
        await Waiting.UntilCancelledAsync("data-hangs", logger, cancellation);
        return request.CreateResponse(HttpStatusCode.OK);
    }

    [Function("data-queued")]
    public DataResult Queued(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "data/queued/{item}")] HttpRequestData request, string item)
    {
        var response = request.CreateResponse(HttpStatusCode.Created);
        response.WriteString($"queued {item}");
        return new() { Response = response, Message = item };
    }

    public sealed class DataResult
    {
        [HttpResult]
        public required HttpResponseData Response { get; init; }

        [QueueOutput("data-out")]
        public required string Message { get; init; }
    }
}

internal static class Waiting
{
    public static async Task UntilCancelledAsync(string name, ILogger logger, CancellationToken cancellation)
    {
        logger.LogInformation("{Name} waits", name);
        try
        {
            await Task.Delay(Timeout.Infinite, cancellation);
        }
        catch (OperationCanceledException)
        {
            logger.LogInformation("{Name} is cancelled", name);
            throw;
        }
    }
}
