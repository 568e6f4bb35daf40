using EdgeOperator.Hub.Events;
using EdgeOperator.Hub.Identities;
using EdgeOperator.Hub.Security;
using EdgeOperator.Hub.Service;
using EdgeOperator.Hub.Storage;
using EdgeOperator.Hub.Telemetry;
using Microsoft.AspNetCore.Http.Features;

namespace EdgeOperator.Hub.Rest;

/// <summary>A route of the service API; <c>{}</c> in the pattern, with or without a name, is any one segment.</summary>
internal sealed record ServiceRoute(string Method, string Pattern, Func<ServiceRequest, Task> Handle)
{
    /// <summary>Anybody may call it.</summary>
    public bool IsOpen { get; init; }

    /// <summary>It changes nothing, whatever its method.</summary>
    public bool IsRead { get; init; } = Method == "GET";

    /// <summary>A device says something of itself, which is no operator's change.</summary>
    public bool IsOwnReport { get; init; }

    /// <summary>What it is about.</summary>
    public RouteReach Reach { get; init; }

    /// <summary>For routes of the hub's own API; null for those that IoT Hub describes.</summary>
    public RouteDescription? Description { get; init; }

    private readonly string[] _pattern = Pattern.Split('/');

    public bool Matches(string[] path) => path.Length == _pattern.Length && _pattern.Zip(path).All(pair => pair.First.StartsWith('{') || pair.First.Equals(pair.Second, StringComparison.OrdinalIgnoreCase));
}

/// <summary>
/// The service API as Azure's SDKs call it: finds out who calls, chooses the route, and turns what fails into IoT Hub's errors.
/// </summary>
internal sealed partial class ServiceApi(Access access, FleetScopes scopes, CallerLimits limits, IHubStore store, RouteTable routes, HubEvents events, TimeProvider time, ILogger<ServiceApi> log)
{
    private static readonly Caller Nobody = new("nobody", Rights.None);

    public async Task AnswerAsync(HttpContext http)
    {
        var path = ServiceRequest.PathOf(http);
        var device = DeviceOf(path);
        using var scope = device is { } key ? log.BeginDeviceScope(key) : null;
        try
        {
            await DispatchAsync(http, path, device);
        }
        catch (ServiceException e)
        {
            await JsonAnswer.WriteErrorAsync(http.Response, e, time);
        }
        catch (BadHttpRequestException e) when (!http.Response.HasStarted)
        {
            // A body that is too large, or breaks off, is the client's mistake.
            await JsonAnswer.WriteErrorAsync(http.Response, e.StatusCode switch
            {
                StatusCodes.Status413PayloadTooLarge => new(ServiceError.MessageTooLarge, e.Message),
                StatusCodes.Status408RequestTimeout => new(ServiceError.RequestTooSlow, "the request's body came too slowly"),
                _ => new(ServiceError.ArgumentInvalid, e.Message),
            }, time);
        }
        catch (IOException e) when (e.InnerException is OverflowException && !http.Response.HasStarted)
        {
            // The server has no other error for the size of a chunk that no number holds.
            await JsonAnswer.WriteErrorAsync(http.Response, new(ServiceError.ArgumentInvalid, "the request's body has a chunk of no valid size"), time);
        }
        catch (StoreException e)
        {
            CannotUseStore(log, http.Request.Method, http.Request.Path, e);
            await JsonAnswer.WriteErrorAsync(http.Response, new(ServiceError.ServiceUnavailable, "the hub's store can't be used now: try again later"), time);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody waits for an answer.
        }
        catch (Exception e) when (!http.Response.HasStarted)
        {
            Failed(log, http.Request.Method, http.Request.Path, e);
            await JsonAnswer.WriteErrorAsync(http.Response, new(ServiceError.ServerError, "the hub failed; its log says how"), time);
        }
    }

    private async Task DispatchAsync(HttpContext http, string[] path, IdentityKey? device)
    {
        var matching = routes.All.Where(r => r.Matches(path)).ToArray();
        var route = matching.FirstOrDefault(r => r.Method == http.Request.Method);
        Describe(http, route, device);
        if (route is { IsOpen: true })
        {
            await route.Handle(new(http, path, Nobody, ServiceRequest.MostOpenBytes));
            return;
        }

        var caller = await CallerAsync(http) ?? throw new ServiceException(ServiceError.IotHubUnauthorizedAccess, "Unauthorized");
        limits.Take(caller.Name);
        if (matching.Length == 0)
            throw new ServiceException(ServiceError.ResourceNotFound, $"there is nothing at /{string.Join('/', path)}");
        if (route is null)
            throw new ServiceException(ServiceError.MethodNotAllowed, $"{http.Request.Method} is not supported there");
        (caller, var scope) = await scopes.EnterAsync(caller, route, path, http.RequestAborted);
        await route.Handle(new(http, path, caller) { Scope = scope });
        if (route.IsRead || route.IsOwnReport)
            return;
        await store.AuditAsync(new(0, time.GetUtcNow(), caller.Name, $"{route.Method} {route.Pattern}", string.Join('/', path), http.Connection.RemoteIpAddress?.ToString() ?? ""), CancellationToken.None);
        events.Add(EventTypes.Audited, null, $"{route.Method} {string.Join('/', path)}", caller.Name);
    }

    /// <summary>Gives the request's activity the route's name, as names of devices would make a name for each.</summary>
    private static void Describe(HttpContext http, ServiceRoute? route, IdentityKey? device)
    {
        if (http.Features.Get<IHttpActivityFeature>()?.Activity is not { } activity)
            return;
        if (route is not null)
            activity.DisplayName = $"{route.Method} /{route.Pattern}";
        if (device is { } key)
            activity.Of(key);
    }

    /// <returns>The device or module that a path names.</returns>
    private static IdentityKey? DeviceOf(string[] path) => (path is ["api", "v1", ..] ? path[2..] : path) switch
    {
        ["devices", "query"] => null,
        ["devices" or "twins", var device, "modules", var module, ..] => new(device, module),
        ["devices" or "twins", var device, ..] => new(device),
        _ => null,
    };

    private async Task<Caller?> CallerAsync(HttpContext http)
    {
        var authorization = http.Request.Headers.Authorization.ToString();
        if (authorization.Length > 0)
            return await access.AuthenticateAsync(authorization, http.RequestAborted);
        return await http.Connection.GetClientCertificateAsync(http.RequestAborted) is { } certificate ? await access.AuthenticateAsync(certificate, http.RequestAborted) : null;
    }
}
