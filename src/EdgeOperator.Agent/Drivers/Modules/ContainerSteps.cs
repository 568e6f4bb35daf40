using System.Collections.Concurrent;
using EdgeOperator.Agent.Drivers.Modules.Engine;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent.Drivers.Modules;

/// <summary>The steps on containers. Each looks first whether the container is the agent's own.</summary>
internal sealed class ContainerSteps(IContainerEngine engine, Ownership ownership, InspectCache cache)
{
    private static readonly StepOutcome Done = new StepOutcome.Succeeded();

    /// <summary>Containers that this process has made, by what they were made for: these need no second look.</summary>
    private readonly ConcurrentDictionary<(ResourceId Resource, string SpecHash), string> _made = new();

    public async Task<StepOutcome> CreateAsync(CreateContainer step, DesiredState desired, CancellationToken cancellation)
    {
        if (desired.Resources.GetValueOrDefault(step.Resource) is not ModuleResource module || module.SpecHash != step.SpecHash)
        {
            return new StepOutcome.Terminal("NotDesired", $"{step.Resource} is not desired with the spec {step.SpecHash}");
        }

        var labels = ownership.For(step.Resource, desired.Revision);
        labels[Ownership.SpecHash] = step.SpecHash;
        if (module.PruneDisabled)
        {
            labels[Ownership.Prune] = Ownership.Disabled;
        }

        var request = CreateRequest.For(module.Container, labels, await engine.NegotiateAsync(cancellation));
        var (container, note) = await CreateAsync(step, request, cancellation);
        if (container is null)
        {
            return new StepOutcome.Retry("NameTaken", $"the name {step.Name} is taken by another container: {note}");
        }

        await ConnectAsync(container, request, cancellation);
        _made[(step.Resource, step.SpecHash)] = container.Id;
        return new StepOutcome.Succeeded(note);
    }

    public async Task<StepOutcome> ExecuteAsync(ContainerStep step, DesiredState desired, CancellationToken cancellation)
    {
        var specHash = desired.Resources.GetValueOrDefault(step.Resource)?.SpecHash;
        if (step is { ContainerId: null } and (StartContainer or RenameContainer)
            && specHash is not null && _made.TryGetValue((step.Resource, specHash), out var made))
        {
            try
            {
                await DoAsync(step, made, isDead: false, cancellation);
                return Done;
            }
            catch (EngineException e) when (e.IsNotFound)
            {
                _made.TryRemove((step.Resource, specHash), out _);
            }
        }

        var container = step.ContainerId is { } id
            ? await engine.InspectContainerAsync(id, cancellation)
            : await FindAsync(step.Resource, specHash, cancellation);
        return container switch
        {
            null when step is StopContainer or RemoveContainer => Done,
            null => new StepOutcome.Retry("ContainerMissing", $"the container of {step.Resource} is no longer there"),
            _ when !ownership.Owns(container.Config?.Labels) =>
                new StepOutcome.Terminal("NotOwned", $"container {Name(container)} was not made by this agent and is left alone"),
            _ => await ExecuteAsync(step, container, desired, cancellation),
        };
    }

    private async Task<StepOutcome> ExecuteAsync(ContainerStep step, ContainerDetails container, DesiredState desired, CancellationToken cancellation)
    {
        var phase = ContainerFacts.Phase(container.State?.Status);
        try
        {
            if (step is RenameContainer { Name: var name } && name == Name(container))
            {
                return Done;
            }

            if (step is StartContainer && phase == ContainerPhase.Created && desired.Resources.GetValueOrDefault(step.Resource) is ModuleResource module
                && container.Config?.Labels?.GetValueOrDefault(Ownership.SpecHash) == module.SpecHash)
            {
                // The agent may have died between the creation and the last connection.
                var api = await engine.NegotiateAsync(cancellation);
                await ConnectAsync(container, CreateRequest.For(module.Container, new Dictionary<string, string>(), api), cancellation);
            }

            await DoAsync(step, container.Id, phase == ContainerPhase.Dead, cancellation);
            return Done;
        }
        catch (EngineException e) when (IsGone(step, e))
        {
            return Done;
        }
        catch (EngineException e) when (step is RenameContainer rename && e.IsConflict)
        {
            return new StepOutcome.Retry("NameTaken", $"the name {rename.Name} is taken by another container: {e.Message}");
        }
        finally
        {
            cache.Forget(container.Id);
        }
    }

    private Task DoAsync(ContainerStep step, string container, bool isDead, CancellationToken cancellation) => step switch
    {
        StartContainer => engine.StartContainerAsync(container, cancellation),
        StopContainer stop => engine.StopContainerAsync(container, stop.Timeout, cancellation),
        RestartContainer restart => engine.RestartContainerAsync(container, restart.Timeout, cancellation),
        RenameContainer rename => engine.RenameContainerAsync(container, rename.Name, cancellation),
        RemoveContainer => engine.RemoveContainerAsync(container, isDead, cancellation),
        _ => throw new ArgumentOutOfRangeException(nameof(step), step.Id, "not a known step"),
    };

    /// <returns>The container, or null and why its name can't be had; with a container, the engine's warnings.</returns>
    private async Task<(ContainerDetails? Container, string? Note)> CreateAsync(CreateContainer step, CreateRequest request, CancellationToken cancellation)
    {
        try
        {
            var created = await engine.CreateContainerAsync(step.Name, request.Body, cancellation);
            var note = created.Warnings is { Count: > 0 } warnings ? string.Join("; ", warnings) : null;
            return (new ContainerDetails { Id = created.Id }, note);
        }
        catch (EngineException e) when (IsNameTaken(e))
        {
            var holder = await engine.InspectContainerAsync(step.Name, cancellation);
            var labels = holder?.Config?.Labels;
            return ownership.ResourceOf(labels) == step.Resource && labels!.GetValueOrDefault(Ownership.SpecHash) == step.SpecHash
                ? (holder, null)
                : (null, ownership.Owns(labels) ? e.Message : $"{e.Message} This agent did not make that one and leaves it alone: rename or remove it, or rename the module");
        }
    }

    private async Task ConnectAsync(ContainerDetails container, CreateRequest request, CancellationToken cancellation)
    {
        foreach (var (network, endpoint) in request.ConnectLater)
        {
            if (container.NetworkSettings?.Networks?.ContainsKey(network) != true)
            {
                await engine.ConnectNetworkAsync(network, container.Id, endpoint, cancellation);
            }
        }
    }

    /// <summary>The newest container that was made for a resource as it is desired now.</summary>
    private async Task<ContainerDetails?> FindAsync(ResourceId resource, string? specHash, CancellationToken cancellation)
    {
        var found = specHash is null ? [] : await engine.ListContainersAsync(ownership.Filter(resource, specHash), cancellation);
        return found.MaxBy(container => container.Created) is { } newest ? await engine.InspectContainerAsync(newest.Id, cancellation) : null;
    }

    private static bool IsGone(ContainerStep step, EngineException e) =>
        step is StopContainer or RemoveContainer
        && (e.IsNotFound || (e.IsConflict && e.Message.Contains("is already in progress", StringComparison.Ordinal)));

    private static bool IsNameTaken(EngineException e) =>
        e.Message.Contains("already in use", StringComparison.OrdinalIgnoreCase) && e.Message.Contains("name", StringComparison.OrdinalIgnoreCase);

    private static string Name(ContainerDetails container) => container.Name?.TrimStart('/') ?? container.Id;
}
