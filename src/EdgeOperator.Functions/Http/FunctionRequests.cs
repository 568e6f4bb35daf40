using System.Collections.Frozen;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Http.Keys;
using EdgeOperator.Functions.Http.Routing;
using EdgeOperator.Functions.Invoking;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace EdgeOperator.Functions.Http;

/// <summary>Answers requests for one app's HTTP functions.</summary>
/// <param name="workersRoute">Whether workers find the function of a forwarded request by its path, and not by what the host says.</param>
/// <param name="areOpen">Keys are not asked for, as when an app is being developed.</param>
public sealed class FunctionRequests(HttpSettings settings, RouteTable routes, KeyStore keys, IInvoker invoker, bool workersRoute, bool areOpen) : IDisposable
{
    // Asked once, while the workers are ready: later there may be none to tell.
    private readonly FrozenSet<FunctionDefinition> _forwarded =
        routes.Routes.Select(r => r.Function).Where(invoker.Forwards).ToFrozenSet<FunctionDefinition>(ReferenceEqualityComparer.Instance);

    private readonly BufferedBodies _bodies = new(2 * settings.BodyLimit);

    private readonly Admission? _admission = settings is { MaxConcurrentRequests: < 0, MaxOutstandingRequests: < 0 } ? null : new(settings);

    public RouteTable Routes => routes;

    /// <returns>False when no function has this path and method; nothing has been answered then.</returns>
    public async Task<bool> TryAnswerAsync(HttpContext context, CancellationToken aborted)
    {
        if (routes.Match(context) is not { } match)
            return false;

        if (!settings.CustomHeaders.IsEmpty)
            context.Response.OnStarting(AddHeadersAsync, context.Response);

        if (settings.StrictTransportSecurity is { } security && context.Request.IsHttps)
            context.Response.OnStarting(() =>
            {
                context.Response.Headers.StrictTransportSecurity = security;
                return Task.CompletedTask;
            });

        var refusal = Refusal(context, match.Route);
        if (refusal != 0)
            context.Response.StatusCode = refusal;
        else if (_admission is null)
            await RunAsync(context, match, Invocation.NewId(), aborted);
        else
            await AdmitAsync(context, match, _admission, aborted);

        return true;
    }

    /// <summary>Runs the function, whoever asks.</summary>
    public async Task RunAsync(HttpContext context, RouteMatch match, string id, CancellationToken aborted)
    {
        try
        {
            if (_forwarded.Contains(match.Route.Function))
            {
                context.Request.RouteValues = match.Values;
                await invoker.ForwardAsync(context, match.Route.Function, id, aborted);
                return;
            }

            // As in the cloud, a function runs to its end also when the client has gone by then.
            using var held = _bodies.Open();
            var invocation = await RequestReader.ReadAsync(context, match, id, held, context.RequestAborted);
            var result = await invoker.InvokeAsync(invocation, aborted);
            await ResponseWriter.WriteAsync(context, result.Succeeded ? FunctionAnswer.Of(match.Route.Function, result) : Failed(id));
        }
        catch (BadHttpRequestException bad)
        {
            if (context.Response.HasStarted)
            {
                context.Abort();
                return;
            }

            context.Response.StatusCode = bad.StatusCode;
            if (bad.StatusCode == StatusCodes.Status503ServiceUnavailable)
                context.Response.Headers.RetryAfter = "1";
        }
        catch (OperationCanceledException)
        {
            // The client has gone, or the host's timeout is over: half an answer must not pass for one.
            context.Abort();
        }
    }

    public void Dispose() => _admission?.Dispose();

    private async Task AdmitAsync(HttpContext context, RouteMatch match, Admission admission, CancellationToken aborted)
    {
        if (!await admission.AcquireAsync(context.RequestAborted))
        {
            context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            return;
        }

        try
        {
            await RunAsync(context, match, Invocation.NewId(), aborted);
        }
        finally
        {
            admission.Release();
        }
    }

    /// <summary>The status of an answer without running anything; 0 to run.</summary>
    private int Refusal(HttpContext context, FunctionRoute route)
    {
        var refusal = Refusal(context.Request, route);
        if (refusal != 0)
            return refusal;

        if (workersRoute && _forwarded.Contains(route.Function))
        {
            foreach (var other in OtherReadings.Of(routes, context, route))
            {
                if (Refusal(context.Request, other) != 0)
                    return StatusCodes.Status401Unauthorized;
            }
        }

        if (context.Request.ContentLength > settings.BodyLimit)
            return StatusCodes.Status413PayloadTooLarge;

        if (RequestReader.HasBody(context) && context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = settings.BodyLimit;

        return 0;
    }

    private int Refusal(HttpRequest request, FunctionRoute route)
    {
        if (route.Asks == AuthLevel.Anonymous && !route.Function.Disabled)
            return 0;

        var level = keys.LevelOf(RequestKey.Of(request), route.Function.Name);
        return level < route.Asks && !areOpen ? StatusCodes.Status401Unauthorized
            : route.Function.Disabled && level < AuthLevel.Admin ? StatusCodes.Status404NotFound
            : 0;
    }

    private Task AddHeadersAsync(object response)
    {
        foreach (var (name, value) in settings.CustomHeaders)
            ((HttpResponse)response).Headers[name] = value;

        return Task.CompletedTask;
    }

    // Empty as in the cloud; the id leads to the log.
    private static HttpOutput Failed(string id) => FunctionAnswer.Empty(500) with { Headers = [KeyValuePair.Create("x-ms-invocation-id", id)] };
}
