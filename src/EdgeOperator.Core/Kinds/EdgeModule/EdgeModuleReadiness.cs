using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Kinds.EdgeModule;

/// <summary>Whether a module's container is as desired and well.</summary>
internal static class EdgeModuleReadiness
{
    /// <summary>A container that the engine has restarted must run this long to count as recovered.</summary>
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(10);

    public static ReadinessReport Assess(EdgeModuleResource module, Engines engines, DateTimeOffset now)
    {
        var engine = engines.Of(module);
        if (engines.IsToRest(engine.Target))
            return AssessStopped(module, engine);

        // Nobody can answer for the host's engine. That of a machine comes with the machine, for which a revision has its deadline.
        if (engine.Observed.Unavailable is { } why)
            return Report(module, engine == engines.Host ? ReadinessLevel.Unknown : ReadinessLevel.Progressing, nameof(BlockedReason.EngineUnavailable), why);

        var containers = ModuleContainers.Of(module, engine.OwnedBy(module.Id));
        if (containers.Current is not { } current)
        {
            return containers.Others.FirstOrDefault(other => other.SpecHash == module.SpecHash && other.ReplacementReason is not null) is { ReplacementReason: { } drift }
                ? Report(module, ReadinessLevel.Progressing, "Drifted", drift)
                : containers.Others.Count > 0
                ? Report(module, ReadinessLevel.Progressing, "Outdated", "the container is of an earlier spec")
                : Report(module, ReadinessLevel.Progressing, "Missing", "there is no container");
        }

        var report = AssessContainer(module, current, now);
        if (report.IsReady && Unrestored(module, current, engines.Desired, engine) is { } drifted)
            return Report(module, ReadinessLevel.Progressing, "Drifted", drifted);
        return report.IsReady && current.Name != module.Container.Name
            ? Report(module, ReadinessLevel.Progressing, "Replacing", $"the new container is ready as {current.Name} but has not taken its place yet")
            : report;
    }

    /// <summary>The container alone, whatever its name: what counts while it runs beside the one that it replaces.</summary>
    public static ReadinessReport AssessReplacement(EdgeModuleResource module, Engines engines, DateTimeOffset now) =>
        ModuleContainers.Of(module, engines.Of(module).OwnedBy(module.Id)).Current is { } current
            ? AssessContainer(module, current, now)
            : Assess(module, engines, now);

    public static ReadinessReport AssessContainer(EdgeModuleResource module, ObservedContainer container, DateTimeOffset now) =>
        module.Container.Power == ModulePower.Stopped ? AssessStopped(module, container)
        : container.Phase switch
        {
            ContainerPhase.Running => AssessRunning(module, container, now),
            ContainerPhase.Restarting => Report(module, ReadinessLevel.Failed, "CrashLooping", $"it keeps exiting{Exit(container)}; the engine restarts it{(container.RestartCount > 0 ? $" (restarted {Times(container.RestartCount)})" : "")}") with { Output = Output(container) },
            ContainerPhase.Exited => AssessExited(module, container),
            ContainerPhase.Created => Report(module, ReadinessLevel.Progressing, "Created", "the container was never started"),
            _ => Report(module, ReadinessLevel.Failed, container.Phase.ToString(), $"the container is {container.Phase.ToString().ToLowerInvariant()}"),
        };

    private static ReadinessReport AssessStopped(EdgeModuleResource module, EngineIndex engine) => engine.Observed.Unavailable is null
        ? Report(module, ReadinessLevel.Progressing, "Stopping", $"{EngineTarget.MachineOf(engine.Target)} still runs and must stop, and the module with it")
        : Report(module, ReadinessLevel.Ready, "Stopped", $"{EngineTarget.MachineOf(engine.Target)} must stop, and the module with it");

    /// <summary>What keeps a container that runs from doing its work, and is undone by the next plan.</summary>
    private static string? Unrestored(EdgeModuleResource module, ObservedContainer container, DesiredState desired, EngineIndex engine) =>
        SharedNamespaces.RestartReason(module, container, desired, engine)
        ?? (NetworkDrift.Missing(module, container, engine).FirstOrDefault() is { } network ? $"somebody disconnected it from the network {network}" : null);

    private static ReadinessReport AssessStopped(EdgeModuleResource module, ObservedContainer container) =>
        ModuleContainers.IsActive(container)
            ? Report(module, ReadinessLevel.Progressing, "Stopping", "the container still runs and must stop")
            : Report(module, ReadinessLevel.Ready, "Stopped", "the container is stopped, as desired");

    private static ReadinessReport AssessRunning(EdgeModuleResource module, ObservedContainer container, DateTimeOffset now)
    {
        if (container.Health == ContainerHealth.Unhealthy)
            return Report(module, ReadinessLevel.Failed, "Unhealthy", $"its health check fails{Detail(container)}") with { Output = Output(container) };
        if (container.Health == ContainerHealth.Starting)
            return Report(module, ReadinessLevel.Progressing, "Starting", "its health check has not passed yet");

        var recovered = container.StartedAt + Recovery;
        if (container.RestartCount > 0 && recovered > now && container.StartedAt <= now)
        {
            var restart = $"{(container.ExitCode is null ? "" : $"it has exited{Exit(container)}; ")}the engine has just restarted it (restart {container.RestartCount})";
            return Report(module, ReadinessLevel.Failed, "CrashLooping", restart) with { Until = recovered, Output = Output(container) };
        }

        var message = container.Health == ContainerHealth.Healthy ? "it runs and is healthy" : "it runs";
        return Report(module, ReadinessLevel.Ready, "Running", message) with { Since = container.StartedAt };
    }

    private static ReadinessReport AssessExited(EdgeModuleResource module, ObservedContainer container) =>
        module.Container.Restart == RestartPolicy.Never && container.ExitCode == 0
            ? Report(module, ReadinessLevel.Ready, "Completed", "it has run to its end") with { IsCompleted = true }
            : Report(module, ReadinessLevel.Failed, "Exited", $"it has exited{Exit(container)}") with { Output = Output(container) };

    private static string Exit(ObservedContainer container) =>
        (container.ExitCode is { } code ? $" with code {code}" : "") + (container.OutOfMemory ? " (out of memory: the kernel killed it)" : "");

    private static string Times(int count) => count == 1 ? "once" : $"{count} times";

    private static string? Output(ObservedContainer container) => container.LastLines.IsEmpty ? null : string.Join(" | ", container.LastLines);

    private static string Detail(ObservedContainer container) => container.HealthDetail is { Length: > 0 } detail ? $": {detail}" : "";

    private static ReadinessReport Report(EdgeModuleResource module, ReadinessLevel level, string reason, string message) =>
        new(module.Id, level, reason, message);
}
