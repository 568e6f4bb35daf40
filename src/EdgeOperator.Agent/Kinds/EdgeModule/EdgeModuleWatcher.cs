using EdgeOperator.Agent.Engine;
using EdgeOperator.Platform.Timing;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Kinds.EdgeModule;

/// <summary>Follows an engine's events, over its restarts, and says when something is different.</summary>
internal sealed partial class EdgeModuleWatcher(
    IContainerEngine engine, Ownership ownership, InspectCache cache, ContainerExits exits, TimeProvider time, ILogger<EdgeModuleWatcher> logger)
{
    private const string HealthStatus = "health_status";

    /// <summary>Whose health is remembered.</summary>
    private const int MostContainers = 10_000;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<string, string> _health = [];
    private bool _lost;

    /// <summary>How long to wait between two attempts to reach the engine, at most.</summary>
    public TimeSpan LongestPause { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(Action<string> changed, CancellationToken cancellation)
    {
        for (var failures = 0; !cancellation.IsCancellationRequested;)
        {
            failures = await FollowAsync(changed, cancellation) ? 1 : failures + 1;
            await Task.Delay(new ExponentialDelay(FirstPause, LongestPause).After(failures), time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <returns>Whether there was a stream of events, which is over now.</returns>
    private async Task<bool> FollowAsync(Action<string> changed, CancellationToken cancellation)
    {
        var followed = false;
        try
        {
            await foreach (var happened in engine.EventsAsync(cancellation))
            {
                if (happened is null)
                {
                    // Events before this were missed: everything must be observed.
                    followed = true;
                    _lost = false;
                    cache.SetLive(true);
                    LogFollowing(engine.Endpoint);
                    changed("following the engine's events");
                }
                else if (Describe(happened) is { } words)
                {
                    changed(words);
                }
            }
        }
        catch (EngineException e)
        {
            // Once for every time the engine goes away, not for every attempt to find it again.
            if (followed || !_lost)
            {
                LogLost(engine.Endpoint, e.Message);
            }

            _lost = true;
        }
        catch (OperationCanceledException)
        {
            return followed;
        }
        finally
        {
            cache.SetLive(false);
        }

        if (followed)
        {
            changed("the engine's events have ended");
        }

        return followed;
    }

    /// <returns>What is different; null when it does not concern the agent.</returns>
    private string? Describe(EngineEvent happened)
    {
        var attributes = happened.Actor?.Attributes;
        var name = attributes?.GetValueOrDefault("name") ?? happened.Actor?.Id;
        var action = happened.Action ?? "";
        switch (happened.Type)
        {
            case "container":
                NoteExit(happened, action);
                var isKnown = Forget(happened.Actor?.Id ?? "", action);
                // Others' containers matter where the agent's own share with them, and when a name may have become free.
                var matters = isKnown || ownership.Owns(attributes) || action is "destroy" or "remove" or "rename";
                return !matters ? null : action switch
                {
                    "die" or "died" => $"container {name} died (exit {attributes?.GetValueOrDefault("exitCode") ?? attributes?.GetValueOrDefault("containerExitCode") ?? "unknown"})",
                    "start" => $"container {name} started",
                    "destroy" or "remove" => $"container {name} was removed",
                    "rename" => $"container {name} was renamed",
                    "pause" => $"container {name} was paused",
                    "unpause" => $"container {name} goes on",
                    "update" => $"the limits of container {name} were changed",
                    _ when action.StartsWith(HealthStatus, StringComparison.Ordinal) => DescribeHealth(happened, name),
                    _ => null,
                };
            case "image":
                return action is "delete" or "remove" ? $"image {name} was removed" : null;
            case "network" when action is "connect" or "disconnect":
                return attributes?.GetValueOrDefault("container") is { } container && cache.Forget(container)
                    ? $"a container was {action}ed {(action == "connect" ? "to" : "from")} network {name}"
                    : null;
            case "network" or "volume":
                return action is "destroy" or "remove" ? $"{happened.Type} {name} was removed" : null;
            default:
                return null;
        }
    }

    /// <summary>Docker names the exit code in one attribute, Podman in another.</summary>
    private void NoteExit(EngineEvent happened, string action)
    {
        if (happened.Actor is not { Id: { } id } actor || !ownership.Owns(actor.Attributes))
        {
            return;
        }

        if (action is "oom")
        {
            exits.NoteOutOfMemory(id);
        }
        else if (action is "die" or "died")
        {
            exits.NoteEnd(id, actor.Attributes?.GetValueOrDefault("exitCode") ?? actor.Attributes?.GetValueOrDefault("containerExitCode"));
        }
    }

    /// <summary>Docker tells a change, in the action; Podman tells every check, in a field.</summary>
    private string? DescribeHealth(EngineEvent happened, string? name)
    {
        var id = happened.Actor?.Id ?? "";
        var health = happened.Action![HealthStatus.Length..].TrimStart(':', ' ') is { Length: > 0 } word ? word : happened.HealthStatus ?? "";
        var before = _health.GetValueOrDefault(id);
        if (_health.Count < MostContainers || before is not null)
        {
            _health[id] = health;
        }

        return health == before ? null : $"container {name} is {health}";
    }

    /// <returns>Whether something was known of the container.</returns>
    private bool Forget(string container, string action)
    {
        if (!action.StartsWith(HealthStatus, StringComparison.Ordinal))
        {
            _health.Remove(container);
        }

        return cache.Forget(container);
    }
}
