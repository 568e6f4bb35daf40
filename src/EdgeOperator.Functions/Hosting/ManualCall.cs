using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Protocol.Functions;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Http.Routing;
using EdgeOperator.Functions.Invoking;
using Microsoft.AspNetCore.Http;

namespace EdgeOperator.Functions.Hosting;

/// <summary>Runs a function because an operator says so, whatever its trigger is.</summary>
internal static class ManualCall
{
    /// <param name="input">An HTTP function's body, a message's text; null for none.</param>
    public static async Task<CallReport> RunAsync(Generation generation, FunctionDefinition function, string? input, CancellationToken cancellation)
    {
        var id = Invocation.NewId();
        var clock = Stopwatch.StartNew();
        if (function.IsHttp)
        {
            var (output, error) = await RequestAsync(generation, function, id, input, cancellation);
            return new(id, output, error, [], clock.Elapsed.TotalMilliseconds);
        }

        var value = Input(function.Trigger, input);
        var inputs = ImmutableSortedDictionary<string, Value>.Empty.Add(function.Trigger.Name, value);
        var result = await generation.Running.Invoker.InvokeAsync(new(id, function, inputs, PayloadProperties.AddTo([], value)), cancellation);
        return new(id, Text(result.ReturnValue), result.Error, [.. result.Logs.Select(l => l.Message)], clock.Elapsed.TotalMilliseconds);
    }

    private static Value Input(Binding trigger, string? input) =>
        trigger.Type.Equals("timerTrigger", StringComparison.OrdinalIgnoreCase) && string.IsNullOrEmpty(input)
            ? new Value.Json(new JsonObject { ["Schedule"] = new JsonObject { ["AdjustForDST"] = true }, ["ScheduleStatus"] = null, ["IsPastDue"] = false })
            : new Value.Text(input ?? "");

    // The way of a real request, from after the keys were asked for: forwarded where requests are.
    private static async Task<(string? Output, string? Error)> RequestAsync(
        Generation generation, FunctionDefinition function, string id, string? input, CancellationToken cancellation)
    {
        var route = generation.Requests.Routes.Routes.FirstOrDefault(r => r.Function.Name == function.Name);
        if (route is null)
            return (null, $"{function.Name} has no route: {generation.Problems.FirstOrDefault(p => p.Function == function.Name)?.Message}");

        var body = Encoding.UTF8.GetBytes(input ?? "");
        using var answer = new MemoryStream();
        var context = new DefaultHttpContext { RequestAborted = cancellation };
        context.Request.Method = route.Methods.IsEmpty || route.Methods.Contains("POST") ? "POST" : route.Methods[0];
        context.Request.Scheme = "http";
        context.Request.Host = new("localhost");
        context.Request.Path = "/" + string.Join('/', route.Template.Split('/').Where(s => !s.Contains('{')));
        if (body.Length > 0)
        {
            context.Request.Body = new MemoryStream(body);
            context.Request.ContentLength = body.Length;
            context.Request.ContentType = input!.AsSpan().TrimStart() is ['{' or '[', ..] ? "application/json" : "text/plain; charset=utf-8";
        }

        context.Response.Body = answer;
        if ((route.IsLiteral ? [] : route.Match(context, context.Request.Path)) is not { } values)
            return (null, $"the route /{route.Template} needs values: call its address instead");

        await generation.Requests.RunAsync(context, new RouteMatch(route, values), id, cancellation);
        await context.Response.BodyWriter.FlushAsync(cancellation);
        var output = Encoding.UTF8.GetString(answer.ToArray());
        return (output.Length == 0 ? null : output, context.Response.StatusCode >= 400 ? $"the answer's status is {context.Response.StatusCode}" : null);
    }

    private static string? Text(Value? value) => value switch
    {
        null => null,
        Value.Text text => text.Content,
        Value.Json json => json.Content?.ToJsonString(),
        Value.Bytes bytes => Convert.ToBase64String(bytes.Content.Span),
        _ => null,
    };
}
