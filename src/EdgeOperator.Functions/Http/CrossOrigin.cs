using EdgeOperator.Core.Protocol.Functions;
using EdgeOperator.Functions.App;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace EdgeOperator.Functions.Http;

/// <summary>
/// Says to browsers which pages may call an app's functions: the CORS protocol (https://fetch.spec.whatwg.org/#http-cors-protocol),
/// with every method and header allowed, as in the cloud.
/// </summary>
internal sealed class CrossOrigin
{
    private const string Any = "*";

    private static readonly CorsService Service = new(Options.Create(new CorsOptions()), NullLoggerFactory.Instance);

    private readonly CorsPolicy _policy;

    private CrossOrigin(CorsPolicy policy) => _policy = policy;

    /// <returns>Null when the request names no origins: functions see preflight requests then, and answer as they like.</returns>
    /// <exception cref="AppException">An origin is none.</exception>
    public static CrossOrigin? Of(AppRequest request)
    {
        if (request.CorsOrigins.IsEmpty)
        {
            return null;
        }

        foreach (var origin in request.CorsOrigins.Where(o => o != Any && !IsOrigin(o)))
        {
            throw new AppException($"\"{origin}\" is no origin (CORS): write it as a browser does, such as https://example.org or http://localhost:3000, or * for any");
        }

        // A browser writes no slash at the end.
        string[] origins = [.. request.CorsOrigins.Select(o => o.TrimEnd('/'))];
        var policy = new CorsPolicyBuilder().AllowAnyHeader().AllowAnyMethod();
        policy = (request.CorsOrigins.Contains(Any), request.CorsCredentials) switch
        {
            // A browser takes no * with credentials: the origin itself is named then.
            (true, true) => policy.SetIsOriginAllowed(_ => true).AllowCredentials(),
            (true, false) => policy.AllowAnyOrigin(),
            (false, true) => policy.WithOrigins(origins).AllowCredentials(),
            _ => policy.WithOrigins(origins),
        };
        return new(policy.Build());
    }

    /// <returns>True when the request was a preflight, and is answered; otherwise its answer gets what a browser needs.</returns>
    public bool Answer(HttpContext context)
    {
        if (context.Request.Headers.Origin.Count == 0)
        {
            return false;
        }

        var result = Service.EvaluatePolicy(context, _policy);
        if (result.IsPreflightRequest)
        {
            Service.ApplyResult(result, context.Response);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return true;
        }

        // Over what a worker says, and after it.
        context.Response.OnStarting(() =>
        {
            Service.ApplyResult(result, context.Response);
            return Task.CompletedTask;
        });
        return false;
    }

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Host.Length > 0 && uri.PathAndQuery == "/" && uri.UserInfo.Length == 0 && uri.Fragment.Length == 0;
}
