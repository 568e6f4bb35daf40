using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace EdgeOperator.IntegrationTests.Sources;

/// <summary>The batch API of Git LFS in memory, behind a test's web server: enough for the real client to push to.</summary>
internal sealed class LfsServer
{
    private const string Store = "/lfs-store/";

    /// <summary>By SHA-256.</summary>
    public ConcurrentDictionary<string, byte[]> Objects { get; } = [];

    /// <summary>Contents that were sent.</summary>
    public ConcurrentQueue<string> Downloads { get; } = [];

    /// <summary>What every answer is instead; null answers.</summary>
    public int? Status { get; set; }

    /// <summary>Hand out addresses that need a header of their own.</summary>
    public bool HandOutTokens { get; set; }

    /// <summary>The base of the addresses that are handed out; null for the server itself.</summary>
    public string? StoreUrl { get; set; }

    public static bool Serves(HttpRequest request) =>
        request.Path.Value!.EndsWith("/info/lfs/objects/batch", StringComparison.Ordinal) || request.Path.StartsWithSegments(Store.TrimEnd('/'));

    public async Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        if (Status is { } status)
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/vnd.git-lfs+json";
            await context.Response.WriteAsync("""{"message": "not today"}""");
        }
        else if (request.Path.StartsWithSegments(Store.TrimEnd('/')))
        {
            await TransferAsync(context, request.Path.Value![Store.Length..]);
        }
        else
        {
            var asked = (await JsonNode.ParseAsync(request.Body))!;
            var url = StoreUrl ?? $"{request.Scheme}://{request.Host}";
            context.Response.ContentType = "application/vnd.git-lfs+json";
            await context.Response.WriteAsync(new JsonObject
            {
                ["transfer"] = "basic",
                ["objects"] = new JsonArray([.. asked["objects"]!.AsArray().Select(o => Answer(o!, (string)asked["operation"]!, url))]),
            }.ToJsonString());
        }
    }

    private JsonObject Answer(JsonNode wanted, string operation, string url)
    {
        var oid = (string)wanted["oid"]!;
        var answer = new JsonObject { ["oid"] = oid, ["size"] = (long)wanted["size"]! };
        if (operation == "download" && !Objects.ContainsKey(oid))
            answer["error"] = new JsonObject { ["code"] = 404, ["message"] = "Object does not exist" };
        else if (operation == "download" || !Objects.ContainsKey(oid))
            answer["actions"] = new JsonObject { [operation] = new JsonObject { ["href"] = $"{url}{Store}{oid}", ["header"] = HandOutTokens ? new JsonObject { ["X-Ticket"] = "one" } : [] } };
        return answer;
    }

    private async Task TransferAsync(HttpContext context, string oid)
    {
        if (context.Request.Method == "PUT")
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            Objects[oid] = body.ToArray();
        }
        else if (!Objects.TryGetValue(oid, out var content) || (HandOutTokens && context.Request.Headers["X-Ticket"] != "one"))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
        else
        {
            Downloads.Enqueue(oid);
            await context.Response.Body.WriteAsync(content);
        }
    }
}
