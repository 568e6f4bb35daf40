using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using EdgeOperator.Core.Protocol.Functions;
using EdgeOperator.Functions.Http;
using EdgeOperator.Functions.Http.Keys;
using EdgeOperator.Platform.Metrics;
using Microsoft.AspNetCore.Http;

namespace EdgeOperator.Functions.Hosting.Endpoints;

/// <summary>What the device's owner may ask of the host, over its Unix socket; the socket's permissions are the access control.</summary>
internal sealed class ControlApi(AppHost host, RequestFile file, PrometheusText metrics, IHostParts parts, Action stop)
{
    public async Task AnswerAsync(HttpContext context)
    {
        try
        {
            await AnswerAsync(context, (context.Request.Path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries));
        }
        catch (JsonException wrong) when (!context.Response.HasStarted)
        {
            await ResponseWriter.WriteAsync(context, 400, $"the body can't be read: {wrong.Message}");
        }
        catch (KeyRefusedException refused)
        {
            await ResponseWriter.WriteAsync(context, 409, refused.Message);
        }
        catch (IOException failure) when (!context.Response.HasStarted)
        {
            await ResponseWriter.WriteAsync(context, 500, failure.Message);
        }
        catch (OperationCanceledException)
        {
            // Whoever asked has gone.
        }
    }

    private Task AnswerAsync(HttpContext context, string[] path) => (context.Request.Method, path) switch
    {
        ("GET", ["status"]) => context.WriteJsonAsync(host.Report(), HostJson.Default.HostReport),
        ("PUT", ["generation"]) => PutAsync(context),
        ("GET", ["functions"]) => context.WriteJsonAsync(host.Report().Functions, HostJson.Default.ImmutableArrayFunctionReport),
        ("POST", ["functions", var name]) => CallAsync(context, Uri.UnescapeDataString(name)),
        ("GET", ["logs"]) => LogsAsync(context),
        ("GET", ["keys"]) => context.WriteJsonAsync(host.Keys.List(), HostJson.Default.ImmutableArrayKeyReport),
        ("POST" or "PUT", ["keys", var scope]) => SetKeyAsync(context, KeyScope.Parse(scope), null),
        ("POST" or "PUT", ["keys", var scope, var name]) => SetKeyAsync(context, KeyScope.Parse(scope), Uri.UnescapeDataString(name)),
        ("DELETE", ["keys", var scope, var name]) => DeleteKey(context, KeyScope.Parse(scope), Uri.UnescapeDataString(name)),
        ("GET", ["metrics"]) => MetricsAsync(context),
        ("POST", ["stop"]) => Stop(context),
        _ => parts.Answer(context, path) ?? ResponseWriter.WriteAsync(context, 404, $"there is no {context.Request.Method} {context.Request.Path}"),
    };

    private async Task PutAsync(HttpContext context)
    {
        var request = await ReadAsync(context, HostJson.Default.AppRequest) ?? throw new JsonException("there is none");
        file.Write(request);
        host.Set(request);
        context.Response.StatusCode = StatusCodes.Status202Accepted;
    }

    private async Task CallAsync(HttpContext context, string name)
    {
        var call = await ReadAsync(context, HostJson.Default.CallRequest);
        if (host.Current.Acquire() is not { } generation)
        {
            await ResponseWriter.WriteAsync(context, 503, "no app is served at the moment: the status says why");
            return;
        }

        try
        {
            if (generation.Find(name) is not { } function)
            {
                var known = string.Join(", ", generation.Running.Functions.Select(f => f.Name).Order());
                await ResponseWriter.WriteAsync(context, 404, $"there is no function \"{name}\": the app has {(known.Length == 0 ? "none" : known)}");
                return;
            }

            using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, generation.Aborted);
            await context.WriteJsonAsync(await ManualCall.RunAsync(generation, function, call?.Input, end.Token), HostJson.Default.CallReport);
        }
        finally
        {
            generation.Release();
        }
    }

    private async Task LogsAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var tail = int.TryParse(query["tail"], out var lines) ? Math.Clamp(lines, 0, 100_000) : 200;
        var function = query["function"].ToString();
        var follow = query["follow"].ToString().Equals("true", StringComparison.OrdinalIgnoreCase);
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        await foreach (var line in host.Log.ReadAsync(tail, follow, function.Length == 0 ? null : function, context.RequestAborted))
            await context.Response.WriteAsync(line + "\n", context.RequestAborted);
    }

    /// <remarks>A body, if there is one, is a <see cref="KeyReport"/> with the key's new value.</remarks>
    private async Task SetKeyAsync(HttpContext context, KeyScope scope, string? name)
    {
        var given = await ReadAsync(context, HostJson.Default.KeyReport);
        if (scope.Kind == KeyKind.Function && host.Current.Value.Loaded is { } generation && generation.Find(scope.Name!) is null)
        {
            await ResponseWriter.WriteAsync(context, 404, $"there is no function \"{scope}\": scopes are master, host, system and the names of functions");
            return;
        }

        name = scope == KeyScope.Master ? KeyStore.MasterName : name ?? "default";
        var (value, isNew) = host.Keys.Set(scope, name, given?.Value);
        await context.WriteJsonAsync(new(scope.ToString(), name, value), HostJson.Default.KeyReport, isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private Task DeleteKey(HttpContext context, KeyScope scope, string name)
    {
        if (!host.Keys.Delete(scope, name))
            return ResponseWriter.WriteAsync(context, 404, $"there is no key \"{name}\" of {scope}");

        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private Task MetricsAsync(HttpContext context)
    {
        context.Response.ContentType = PrometheusText.ContentType;
        return context.Response.WriteAsync(metrics.Render(), context.RequestAborted);
    }

    /// <summary>Null without a body.</summary>
    private static async Task<T?> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class =>
        RequestReader.HasBody(context) ? await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted) : null;

    private Task Stop(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        context.Response.OnCompleted(() =>
        {
            stop();
            return Task.CompletedTask;
        });
        return Task.CompletedTask;
    }
}
