using EdgeOperator.Agent.Drivers.Modules.Engine;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Drivers.Modules;

/// <summary>Follows an engine's events, over its restarts, and says when something is different.</summary>
internal sealed partial class ModuleWatcher(
    IContainerEngine engine, Ownership ownership, InspectCache cache, TimeProvider time, ILogger<ModuleWatcher> logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    private bool _lost;

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(Action<string> changed, CancellationToken cancellation)
    {
        var pause = FirstPause;
        while (!cancellation.IsCancellationRequested)
        {
            if (await FollowAsync(changed, cancellation))
            {
                pause = FirstPause;
            }

            await Task.Delay(pause, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
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
                    // What happened before has not been heard: everything is to be looked at.
                    followed = true;
                    _lost = false;
                    cache.SetLive(true);
                    LogFollowing(engine.Address);
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
                LogLost(engine.Address, e.Message);
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

    /// <returns>What is different, in words; null when it is nothing to the agent.</returns>
    private string? Describe(EngineEvent happened)
    {
        var attributes = happened.Actor?.Attributes;
        var name = attributes?.GetValueOrDefault("name") ?? happened.Actor?.Id;
        var action = happened.Action ?? "";
        switch (happened.Type)
        {
            case "container":
                cache.Forget(happened.Actor?.Id ?? "");
                // Of others' containers only this matters: a name may have become free.
                var matters = ownership.Owns(attributes) || action is "destroy" or "remove" or "rename";
                return !matters ? null : action switch
                {
                    "die" or "died" => $"container {name} died (exit {attributes?.GetValueOrDefault("exitCode") ?? attributes?.GetValueOrDefault("containerExitCode") ?? "unknown"})",
                    "start" => $"container {name} started",
                    "destroy" or "remove" => $"container {name} was removed",
                    "rename" => $"container {name} was renamed",
                    "pause" => $"container {name} was paused",
                    "unpause" => $"container {name} goes on",
                    _ when action.StartsWith("health_status", StringComparison.Ordinal) =>
                        $"container {name} is {(action.IndexOf(':') is var colon and > 0 ? action[(colon + 1)..].Trim() : "checked")}",
                    _ => null,
                };
            case "image":
                return action is "delete" or "remove" ? $"image {name} was removed" : null;
            case "network" or "volume":
                return action is "destroy" or "remove" ? $"{happened.Type} {name} was removed" : null;
            default:
                return null;
        }
    }
}
