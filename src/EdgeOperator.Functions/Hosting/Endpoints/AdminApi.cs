using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeOperator.Functions.Http;
using EdgeOperator.Functions.Http.Keys;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace EdgeOperator.Functions.Hosting.Endpoints;

/// <summary>
/// The addresses below <c>/admin</c> that the cloud's host has, as far as they mean something on a device. All but the
/// ping ask for the master key.
/// </summary>
internal sealed class AdminApi(AppHost host)
{
    private const long BodyLimit = 1024 * 1024;

    private readonly AdminKeys _keys = new(host);
    private readonly AdminFunctions _functions = new(host);

    public async Task AnswerAsync(HttpContext context)
    {
        var path = (context.Request.Path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries)[1..];
        if (path is ["host", "ping"] && IsOneOf(context, "GET", "POST", "HEAD"))
            return;

        if (!host.IsOpen && host.Keys.LevelOf(RequestKey.Of(context.Request), null) < AuthLevel.Admin)
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        else if (context.Request.ContentLength > BodyLimit)
            context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
        else
        {
            context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize = BodyLimit;
            await AnswerAsync(context, [.. path.Select(Uri.UnescapeDataString)]);
        }
    }

    /// <summary>The body as an object; null when it is none.</summary>
    internal static async Task<JsonObject?> ReadAsync(HttpContext context)
    {
        try
        {
            return await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private Task AnswerAsync(HttpContext context, string[] path) => (context.Request.Method, path) switch
    {
        ("GET", ["host", "status"]) => StatusAsync(context),
        ("POST", ["host", "drain"]) => DrainAsync(context),
        ("GET", ["host", "drain", "status"]) => DrainStatusAsync(context),
        ("POST", ["host", "resume" or "restart"]) => ReloadAsync(context),
        ("POST", ["host", "synctriggers"]) => Status(context, StatusCodes.Status204NoContent),
        (_, ["host", "keys" or "functionkeys" or "systemkeys" or "masterkey", ..]) => _keys.AnswerHostAsync(context, path[1..]),
        (_, ["functions", var function, "keys", .. var rest]) => _keys.AnswerFunctionAsync(context, function, rest),
        (_, ["functions", .. var rest]) => _functions.AnswerAsync(context, rest),
        _ => ResponseWriter.WriteAsync(context, 404, $"There is no {context.Request.Method} {context.Request.Path} on a device."),
    };

    private Task StatusAsync(HttpContext context)
    {
        var report = host.Report();
        return context.WriteJsonAsync(new JsonObject
        {
            ["id"] = report.App,
            ["state"] = report.Serving is not null ? "Running" : report.OutsideSchedule ? "Offline" : report.Failure is null ? "Initialized" : "Error",
            ["version"] = HostVersion.Functions,
            ["versionDetails"] = $"edgeop-functions {report.Version}",
            ["instanceId"] = Environment.MachineName,
            ["computerName"] = Environment.MachineName,
            ["processUptime"] = (long)host.Uptime.TotalMilliseconds,
            ["errors"] = report.Failure is { } failure ? new JsonArray(failure) : new JsonArray(),
        });
    }

    // Listeners end; requests are still answered, until a restart or a resume.
    private Task DrainAsync(HttpContext context)
    {
        host.Current.Value.Loaded?.DrainByHand();
        return Status(context, StatusCodes.Status202Accepted);
    }

    private Task DrainStatusAsync(HttpContext context) => context.WriteJsonAsync(new JsonObject
    {
        ["state"] = host.Current.Value.Loaded?.DrainedByHand switch { null => "Disabled", { IsCompleted: true } => "Completed", _ => "InProgress" },
        ["outstandingInvocations"] = host.Report().Instances.Sum(i => i.InFlight),
    });

    private Task ReloadAsync(HttpContext context)
    {
        host.Reload();
        return Status(context, StatusCodes.Status202Accepted);
    }

    private static bool IsOneOf(HttpContext context, params ReadOnlySpan<string> methods) => methods.Contains(context.Request.Method);

    private static Task Status(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }
}
