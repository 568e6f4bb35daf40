using System.Text.Json.Nodes;
using EdgeOperator.Functions.Http;
using EdgeOperator.Functions.Http.Keys;
using Microsoft.AspNetCore.Http;

namespace EdgeOperator.Functions.Hosting.Endpoints;

/// <summary>
/// The cloud's key addresses. Unlike there, a list has names only: values are hashed, and shown once, in the answer to
/// the POST (made here) or PUT (<c>{"value": …}</c>) that sets them.
/// </summary>
internal sealed class AdminKeys(AppHost host)
{
    /// <param name="path">From <c>keys</c>, <c>functionkeys</c>, <c>systemkeys</c> or <c>masterkey</c> on.</param>
    public Task AnswerHostAsync(HttpContext context, string[] path) => path switch
    {
        ["masterkey"] or ["systemkeys", KeyStore.MasterName] => AnswerAsync(context, KeyScope.Master, KeyStore.MasterName),
        ["systemkeys", .. var rest] => AnswerAsync(context, KeyScope.System, rest),
        [_, .. var rest] => AnswerAsync(context, KeyScope.Host, rest),
        [] => NotFound(context),
    };

    /// <param name="rest">Behind <c>keys</c>.</param>
    public async Task AnswerFunctionAsync(HttpContext context, string function, string[] rest)
    {
        if (host.Report().Functions.Any(f => f.Name.Equals(function, StringComparison.OrdinalIgnoreCase)))
            await AnswerAsync(context, KeyScope.Of(function), rest);
        else
            await NotFound(context);
    }

    private Task AnswerAsync(HttpContext context, KeyScope scope, string[] rest) => rest switch
    {
        [] when context.Request.Method == "GET" => ListAsync(context, scope),
        [var name] => AnswerAsync(context, scope, name),
        _ => NotFound(context),
    };

    private async Task AnswerAsync(HttpContext context, KeyScope scope, string name)
    {
        try
        {
            switch (context.Request.Method)
            {
                case "GET" when Names(scope).Contains(name, StringComparer.OrdinalIgnoreCase):
                    await context.WriteJsonAsync(new JsonObject { ["name"] = name });
                    break;
                case "POST":
                    await SetAsync(context, scope, name, null);
                    break;
                case "PUT" when await AdminApi.ReadAsync(context) is { } body && body["value"]?.ToString() is { Length: > 0 } value:
                    await SetAsync(context, scope, name, value);
                    break;
                case "PUT":
                    await ResponseWriter.WriteAsync(context, 400, "The body must be {\"value\": \"…\"}.");
                    break;
                case "DELETE":
                    context.Response.StatusCode = host.Keys.Delete(scope, name) ? StatusCodes.Status204NoContent : StatusCodes.Status404NotFound;
                    break;
                default:
                    await NotFound(context);
                    break;
            }
        }
        catch (KeyRefusedException refused)
        {
            await ResponseWriter.WriteAsync(context, 400, refused.Message);
        }
    }

    private Task ListAsync(HttpContext context, KeyScope scope) => context.WriteJsonAsync(new JsonObject
    {
        ["keys"] = new JsonArray([.. Names(scope).Select(name => new JsonObject { ["name"] = name })]),
    });

    private Task SetAsync(HttpContext context, KeyScope scope, string name, string? value)
    {
        var (made, isNew) = host.Keys.Set(scope, name, value);
        return context.WriteJsonAsync(
            new JsonObject { ["name"] = name, ["value"] = made }, isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private IEnumerable<string> Names(KeyScope scope) => host.Keys.List().Where(k => k.Scope == scope.ToString()).Select(k => k.Name);

    private static Task NotFound(HttpContext context) => ResponseWriter.WriteAsync(context, 404, "There is no such key or function.");
}
