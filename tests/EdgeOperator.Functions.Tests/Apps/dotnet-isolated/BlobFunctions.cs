using System.Net;
using Azure.Storage.Blobs;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.Extensions.Logging;

namespace IsolatedApp;

/// <summary>Functions that read and write blobs.</summary>
public sealed class BlobFunctions(ILogger<BlobFunctions> logger)
{
    [Function("blob-write")]
    public async Task<BlobResult> WriteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "blob/write/{name}")] HttpRequestData request) =>
        new() { Response = request.CreateResponse(HttpStatusCode.Created), Content = await request.ReadAsStringAsync() };

    [Function("blob-read")]
    public HttpResponseData Read(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "blob/read/{name}")] HttpRequestData request,
        [BlobInput("isolated/{name}.txt")] string? text,
        [BlobInput("isolated/{name}.txt")] byte[]? bytes)
    {
        var response = request.CreateResponse(text is null ? HttpStatusCode.NotFound : HttpStatusCode.OK);
        response.WriteString($"{text} in {bytes?.Length ?? 0}");
        return response;
    }

    [Function("blob-client")]
    public async Task<HttpResponseData> ClientAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "blob/client/{name}")] HttpRequestData request,
        [BlobInput("isolated/{name}.txt", Connection = "Cloud")] BlobClient client)
    {
        var response = request.CreateResponse(HttpStatusCode.OK);
        var content = await client.DownloadContentAsync();
        response.WriteString($"{client.BlobContainerName} {client.Name} {content.Value.Content}");
        return response;
    }

    [Function("blob-web")]
    public IActionResult Web(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "blob/web/{name}")] HttpRequest request,
        [BlobInput("isolated/{name}.txt")] string? text) => new OkObjectResult($"web {text}");

    [Function("blob-arrived")]
    [BlobOutput("arrived/{name}.copy")]
    public string Arrived([BlobTrigger("arriving/{name}.txt")] string text, string name) =>
        text == "bad" ? throw new InvalidOperationException($"thrown for {name} on purpose") : $"{name}: {text}";

    [Function("blob-poison")]
    public void Poison([QueueTrigger("webjobs-blobtrigger-poison")] string message) => logger.LogInformation("poison {Message}", message);

    public sealed class BlobResult
    {
        [HttpResult]
        public required HttpResponseData Response { get; init; }

        [BlobOutput("isolated/{name}.txt")]
        public string? Content { get; init; }
    }
}
