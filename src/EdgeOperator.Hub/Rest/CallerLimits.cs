using System.Collections.Concurrent;
using EdgeOperator.Core.Hub;
using EdgeOperator.Hub.Mqtt;
using EdgeOperator.Hub.Service;

namespace EdgeOperator.Hub.Rest;

/// <summary>How many requests each caller of the service API may make.</summary>
internal sealed class CallerLimits(HubConfiguration configuration, TimeProvider time)
{
    /// <summary>Devices call for themselves too: when there are more than this, all begin anew.</summary>
    private const int MostCallers = 10_000;

    private readonly ConcurrentDictionary<string, RateLimit> _limits = new();

    /// <exception cref="ServiceException">The caller has made too many requests.</exception>
    public void Take(string caller)
    {
        if (_limits.Count > MostCallers)
            _limits.Clear();
        var limit = _limits.GetOrAdd(caller, _ => new(configuration.Service.RequestsPerSecond, time));
        TimeSpan wait;
        lock (limit)
            wait = limit.Take();
        if (wait > TimeSpan.Zero)
            throw new ServiceException(ServiceError.ThrottlingException, "too many requests: try again later") { RetryAfter = wait };
    }
}
