using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace IsolatedApp;

/// <summary>Functions with the request and response types of ASP.NET Core.</summary>
public sealed class WebFunctions(Greeter greeter, ILogger<WebFunctions> logger)
{
    [Function("web-hello")]
    public async Task<IActionResult> HelloAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = "web/hello/{id:int?}")] HttpRequest request, string? name, int? id)
    {
        logger.LogInformation("greets {Name}", name);
        using var reader = new StreamReader(request.Body);
        request.HttpContext.Response.Headers["x-id"] = $"{id}";
        request.HttpContext.Response.Headers["x-length"] = $"{(await reader.ReadToEndAsync()).Length}";
        request.HttpContext.Response.Headers["x-host"] = request.Host.Value;
        return new ObjectResult(greeter.Greet(name)) { StatusCode = 202 };
    }

    [Function("web-throws")]
    public IActionResult Throws([HttpTrigger(AuthorizationLevel.Anonymous, Route = "web/throws")] HttpRequest request) =>
        throw new InvalidOperationException("thrown on purpose");

    /// <summary>Fails when the answer is on its way.</summary>
    [Function("web-breaks")]
    public async Task BreaksAsync([HttpTrigger(AuthorizationLevel.Anonymous, Route = "web/breaks")] HttpRequest request)
    {
        await request.HttpContext.Response.WriteAsync("begun");
        await request.HttpContext.Response.Body.FlushAsync();
        throw new InvalidOperationException("thrown too late");
    }

    [Function("web-hangs")]
    public async Task<IActionResult> HangsAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, Route = "web/hangs")] HttpRequest request, CancellationToken cancellation)
    {
        await Waiting.UntilCancelledAsync("web-hangs", logger, cancellation);
        return new OkResult();
    }

    [Function("web-nothing")]
    public IActionResult Nothing([HttpTrigger(AuthorizationLevel.Anonymous, Route = "web/nothing")] HttpRequest request) => new NoContentResult();

    [Function("web-queued")]
    public WebResult Queued([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "web/queued/{item}")] HttpRequest request, string item) =>
        new() { Response = new ObjectResult($"queued {item}") { StatusCode = 201 }, Messages = [item, $"{item} again"] };

    /// <summary>The answer's second half waits for the request's.</summary>
    [Function("web-stream")]
    public async Task StreamAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "web/stream")] HttpRequest request)
    {
        var response = request.HttpContext.Response;
        response.ContentType = "text/event-stream";
        await response.WriteAsync("one ");
        await response.Body.FlushAsync();
        using var reader = new StreamReader(request.Body);
        await response.WriteAsync(await reader.ReadToEndAsync());
    }

    [Function("web-process")]
    public IActionResult Process([HttpTrigger(AuthorizationLevel.Anonymous, Route = "web/process")] HttpRequest request) => new OkObjectResult($"{Environment.ProcessId}");

    public sealed class WebResult
    {
        [HttpResult]
        public required IActionResult Response { get; init; }

        [QueueOutput("web-out")]
        public required string[] Messages { get; init; }
    }
}
