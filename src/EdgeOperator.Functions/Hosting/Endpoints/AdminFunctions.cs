using System.Text.Json.Nodes;
using EdgeOperator.Core.Protocol.Functions;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Http;
using Microsoft.AspNetCore.Http;

namespace EdgeOperator.Functions.Hosting.Endpoints;

/// <summary>The cloud's addresses of functions: what there is, and a run by hand, which is not waited for.</summary>
internal sealed class AdminFunctions(AppHost host)
{
    /// <param name="path">Behind <c>functions</c>.</param>
    public Task AnswerAsync(HttpContext context, string[] path) => (context.Request.Method, path) switch
    {
        ("GET", []) => ListAsync(context),
        ("GET", [var name]) => WithAsync(context, name, (report, function) => context.WriteJsonAsync(Describe(context, report, function))),
        ("GET", [var name, "status"]) => WithAsync(context, name, (report, _) => StatusAsync(context, report)),
        ("POST", [var name]) => RunAsync(context, name),
        _ => ResponseWriter.WriteAsync(context, 404, $"There is no {context.Request.Method} {context.Request.Path} on a device."),
    };

    private Task ListAsync(HttpContext context)
    {
        var generation = host.Current.Value.Loaded;
        return context.WriteJsonAsync(new JsonArray([.. host.Report().Functions.Select(f => Describe(context, f, generation?.Find(f.Name)))]));
    }

    private async Task WithAsync(HttpContext context, string name, Func<FunctionReport, FunctionDefinition?, Task> answer)
    {
        if (host.Report().Functions.FirstOrDefault(f => f.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } report)
            await answer(report, host.Current.Value.Loaded?.Find(name));
        else
            await ResponseWriter.WriteAsync(context, 404, $"There is no function {name}.");
    }

    private static Task StatusAsync(HttpContext context, FunctionReport report) => context.WriteJsonAsync(new JsonObject
    {
        ["isDisabled"] = report.Disabled,
        ["errors"] = report.Error is { } error ? new JsonArray(error) : null,
    });

    private static JsonObject Describe(HttpContext context, FunctionReport report, FunctionDefinition? function) => new()
    {
        ["name"] = report.Name,
        ["href"] = $"{context.Request.Scheme}://{context.Request.Host}/admin/functions/{report.Name}",
        ["config"] = function is null ? null : new JsonObject
        {
            ["name"] = function.Name,
            ["bindings"] = new JsonArray([.. function.Bindings.Select(b => b.Properties.DeepClone())]),
        },
        ["invoke_url_template"] = report.Url,
        ["isDisabled"] = report.Disabled,
    };

    private async Task RunAsync(HttpContext context, string name)
    {
        if (host.Current.Acquire() is not { } generation)
        {
            await ResponseWriter.WriteAsync(context, 503, "Nothing serves at the moment.");
            return;
        }

        var isRunning = false;
        try
        {
            if (generation.Find(name) is not { } function)
                await ResponseWriter.WriteAsync(context, 404, $"There is no function {name}.");
            else if (await AdminApi.ReadAsync(context) is not { } body)
                await ResponseWriter.WriteAsync(context, 400, "The body must be {\"input\": \"…\"}.");
            else
            {
                isRunning = true;
                _ = RunAsync(generation, function, body["input"]?.ToString());
                context.Response.StatusCode = StatusCodes.Status202Accepted;
            }
        }
        finally
        {
            if (!isRunning)
                generation.Release();
        }
    }

    private static async Task RunAsync(Generation generation, FunctionDefinition function, string? input)
    {
        try
        {
            await ManualCall.RunAsync(generation, function, input, generation.Aborted);
        }
        catch (OperationCanceledException)
        {
            // The generation was given up; its log has the rest.
        }
        finally
        {
            generation.Release();
        }
    }
}
