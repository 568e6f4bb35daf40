using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace EdgeOperator.Portal.Hub;

/// <summary>The hub's own API, which is all that the portal has of the hub: who may do what, limits and the audit log are the API's.</summary>
public interface IHubApi
{
    /// <param name="token">Who calls; null for nobody.</param>
    /// <param name="from">The address of the browser, for the audit log.</param>
    Task<HubAnswer> SendAsync(HubCall call, string? token, IPAddress? from, CancellationToken cancellation);

    /// <summary>Answers a browser's request as the API answers it, as it comes.</summary>
    /// <param name="target">The path and query at the hub, encoded.</param>
    Task ForwardAsync(HttpContext http, string target, string token);
}

/// <param name="Path">The path and query at the hub, encoded, such as <c>api/v1/devices?limit=10</c>.</param>
/// <param name="Match">An ETag that has to be the present one.</param>
public sealed record HubCall(string Method, string Path, JsonNode? Body = null, string? Match = null)
{
    /// <summary>Where a list goes on, at routes that take this as a header; null for its beginning.</summary>
    public string? Continuation { get; init; }

    public static HubCall Get(string path) => new("GET", path);

    /// <summary>A path and a query of what is not null, encoded.</summary>
    public static string Query(string path, params (string Name, string? Value)[] parameters)
    {
        var given = parameters.Where(p => !string.IsNullOrEmpty(p.Value)).Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value!)}").ToArray();
        return given.Length == 0 ? path : $"{path}?{string.Join('&', given)}";
    }
}

/// <param name="Code">The hub's name for an error; empty for none.</param>
public sealed record HubAnswer(int Status, JsonNode? Body, string Code)
{
    private const string ErrorText = "Message";

    /// <summary>Where a list goes on, at routes that tell this by a header; null at its end.</summary>
    public string? Continuation { get; init; }

    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>An error's text, without the code that it begins with.</summary>
    public string Message
    {
        get
        {
            var message = HubJson.Text(Body, ErrorText) ?? "";

            // The errors of direct methods are JSON inside of JSON.
            if (message.StartsWith('{'))
                return (string?)JsonNode.Parse(message)?["message"] ?? message;
            return message.Split(';', 2) is [_, var words] ? words : message;
        }
    }
}

/// <summary>The hub refuses what it was asked for.</summary>
public sealed class HubRefusedException(HubAnswer answer) : Exception(answer.Message)
{
    public HubAnswer Answer { get; } = answer;
}
