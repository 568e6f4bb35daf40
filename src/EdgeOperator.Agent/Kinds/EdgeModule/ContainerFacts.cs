using EdgeOperator.Agent.Engine;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Kinds.EdgeModule.Compiling;

namespace EdgeOperator.Agent.Kinds.EdgeModule;

/// <summary>Turns the engine's words about a container into the planner's.</summary>
internal static class ContainerFacts
{
    private const int LongestDetail = 256;

    /// <summary>The end of year 9000: whatever is added to it is still a time.</summary>
    private const long LatestSecond = 221_876_236_800;

    /// <param name="details">Null for containers of others, of which only the name matters.</param>
    /// <param name="isOwn">Whether it is what its labels say.</param>
    public static ObservedContainer Read(ContainerSummary listed, ContainerDetails? details, Ownership ownership, bool isOwn = true)
    {
        var labels = listed.Labels;
        var state = details?.State;
        var owner = isOwn ? ownership.ResourceOf(labels) : null;
        var phase = Phase(state?.Status ?? listed.State);
        // The engine remembers the last verdict of what has ended.
        var health = phase == ContainerPhase.Running ? Health(state?.Health?.Status) : ContainerHealth.None;
        return new()
        {
            Id = listed.Id,
            Name = listed.Name,
            Resource = owner,
            SpecHash = owner is null ? null : labels!.GetValueOrDefault(Ownership.SpecHash),
            Revision = owner is null ? null : labels!.GetValueOrDefault(Ownership.Revision),
            // The list names an image by its id once the tag has moved on.
            Image = (owner is null ? null : labels!.GetValueOrDefault(Ownership.Image)) ?? details?.Config?.Image ?? listed.Image ?? "",
            ImageId = listed.ImageId ?? "",
            Phase = phase,
            Health = health,
            HealthDetail = health == ContainerHealth.Unhealthy ? LastFailure(state?.Health) : null,
            ExitCode = phase is ContainerPhase.Exited or ContainerPhase.Dead or ContainerPhase.Restarting ? state?.ExitCode : null,
            OutOfMemory = phase is ContainerPhase.Exited or ContainerPhase.Dead or ContainerPhase.Restarting && state is { OutOfMemory: true },
            Created = DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(listed.Created, 0, LatestSecond)),
            StartedAt = UnlessNever(state?.StartedAt),
            FinishedAt = UnlessNever(state?.FinishedAt),
            RestartCount = details?.RestartCount ?? 0,
            Networks = [.. ((details?.NetworkSettings ?? listed.NetworkSettings)?.Networks?.Keys ?? []).Order(StringComparer.Ordinal)],
            SharesWith = [.. SharesWith(details?.HostConfig)],
            PruneDisabled = owner is not null && labels!.GetValueOrDefault(Ownership.Prune) == Ownership.Disabled,
        };
    }

    /// <summary>Whether what was learnt of a container earlier can't be true any more.</summary>
    public static bool Contradicts(ContainerSummary listed, ContainerDetails known) =>
        Phase(listed.State) != Phase(known.State?.Status)
        || listed.Name != known.Name?.TrimStart('/')
        || (HealthWord(listed.Status) is { } word && word != known.State?.Health?.Status);

    public static ContainerPhase Phase(string? state) => state switch
    {
        "created" or "configured" or "initialized" => ContainerPhase.Created,
        "running" or "stopping" => ContainerPhase.Running,
        "paused" => ContainerPhase.Paused,
        "restarting" => ContainerPhase.Restarting,
        "removing" => ContainerPhase.Removing,
        "dead" => ContainerPhase.Dead,
        _ => ContainerPhase.Exited,
    };

    /// <summary>The containers whose network, processes or volumes a container uses: by id, or as the create request named them.</summary>
    private static IEnumerable<string> SharesWith(ContainerHostConfig? config) =>
        new[] { config?.NetworkMode, config?.PidMode, config?.IpcMode }.OfType<string>()
            .Where(mode => mode.StartsWith(EngineObjects.OfContainer, StringComparison.Ordinal)).Select(mode => mode[EngineObjects.OfContainer.Length..])
            .Concat((config?.VolumesFrom ?? []).OfType<string>().Select(from => from.Split(':')[0]))
            .Distinct();

    private static ContainerHealth Health(string? status) => status switch
    {
        "starting" => ContainerHealth.Starting,
        "healthy" => ContainerHealth.Healthy,
        "unhealthy" => ContainerHealth.Unhealthy,
        _ => ContainerHealth.None,
    };

    /// <summary>From <c>Up 2 minutes (healthy)</c> or <c>Up 1 second (health: starting)</c>.</summary>
    private static string? HealthWord(string? status) => status switch
    {
        null => null,
        _ when status.EndsWith("(healthy)", StringComparison.Ordinal) => "healthy",
        _ when status.EndsWith("(unhealthy)", StringComparison.Ordinal) => "unhealthy",
        _ when status.EndsWith("(health: starting)", StringComparison.Ordinal) => "starting",
        _ => null,
    };

    private static string? LastFailure(HealthState? health)
    {
        var output = health?.Log?.LastOrDefault(check => check is { ExitCode: not 0 });
        var line = output?.Output?.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault()
            ?? (output is null ? null : $"the check ended with exit code {output.ExitCode}");
        return line is { Length: > LongestDetail } ? line[..LongestDetail] : line;
    }

    public static DateTimeOffset? UnlessNever(DateTimeOffset? moment) => moment is { Year: > 1 and <= 9000 } ? moment : null;
}
