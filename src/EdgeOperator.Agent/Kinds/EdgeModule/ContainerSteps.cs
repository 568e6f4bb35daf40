using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using EdgeOperator.Agent.Engine;
using EdgeOperator.Agent.Kinds.EdgeModule.Images.Verification;
using EdgeOperator.Agent.Secrets;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent.Kinds.EdgeModule;

/// <summary>The steps on containers. Each looks first whether the container is the agent's own.</summary>
internal sealed class ContainerSteps(IContainerEngine engine, Ownership ownership, ContainerOwnership own, InspectCache cache, ImageAdmission admission, PreviousLogs previous, EndpointChanges endpoints, SecretVault secrets, SecretMounts mounts)
{
    private static readonly StepOutcome Done = new StepOutcome.Succeeded();

    /// <summary>Containers that this process has made, by what they were made for: these need no second look.</summary>
    private readonly ConcurrentDictionary<(ResourceId Resource, string SpecHash), string> _made = new();

    private readonly ContainerNetworks _networks = new(engine, endpoints);
    private readonly ContainerReferences _references = new(engine);

    /// <param name="host">See <see cref="CreateRequest.For(EdgeModuleSpec, IReadOnlyDictionary{string, string}, Version, string?, string?)"/>.</param>
    public async Task<StepOutcome> CreateAsync(CreateContainer step, DesiredState desired, string? host, CancellationToken cancellation)
    {
        if (desired.Resources.GetValueOrDefault(step.Resource) is not EdgeModuleResource module || module.SpecHash != step.SpecHash)
        {
            return new StepOutcome.Terminal("NotDesired", $"{step.Resource} is not desired with the spec {step.SpecHash}");
        }

        var labels = ownership.For(step.Resource, desired.Revision);
        labels[Ownership.SpecHash] = step.SpecHash;
        labels[Ownership.Instance] = own.Records.NewInstance(step.Name);
        if (module.PruneDisabled)
        {
            labels[Ownership.Prune] = Ownership.Disabled;
        }

        if (step.ImageId is not null)
        {
            labels[Ownership.Image] = module.Container.Image;
        }

        var request = CreateRequest.For(module.Container, labels, await engine.NegotiateAsync(cancellation), step.ImageId, host);
        if (await _references.ResolveAsync(module.Container, request, cancellation) is { } missing)
        {
            return new StepOutcome.Retry("SharedContainerMissing", $"there is no container {missing}, whose namespaces or volumes {step.Resource} shares ({module.Origin})");
        }

        if (await AdmitAsync(module.Container.Image, step.ImageId, request, cancellation) is { } refusal)
        {
            return refusal;
        }

        try
        {
            using var turn = await mounts.BeginAsync(module.Container, engine, cancellation);
            var body = await RevealedAsync(module.Container, request, labels[Ownership.Instance], cancellation);
            var created = await engine.CreateContainerAsync(step.Name, body, cancellation);
            var warnings = created.Warnings is { Count: > 0 } some ? string.Join("; ", some) : null;
            return await CompleteAsync(step, new() { Id = created.Id }, request, warnings, cancellation);
        }
        catch (EngineException e) when (IsNameTaken(e))
        {
            await mounts.DeleteAsync(labels[Ownership.Instance], cancellation);
            return await AdoptAsync(step, request, e, cancellation);
        }
        catch (EngineException e) when (SecretReference.IsIn(module.Container.CreateBody))
        {
            // The engine's words may quote the request, which holds values of secrets.
            throw new EngineException(e.Status, secrets.Conceal(e.Message, module.Container.CreateBody));
        }
    }

    /// <summary>The request with the values of secrets, and its files in their place. The request itself stays without them.</summary>
    private async Task<JsonObject> RevealedAsync(EdgeModuleSpec spec, CreateRequest request, string instance, CancellationToken cancellation)
    {
        var revealed = request with { Body = (JsonObject)request.Body.DeepClone() };
        revealed.Reveal(spec, secrets, await mounts.WriteAsync(spec, instance, cancellation));
        return revealed.Body;
    }

    public async Task<StepOutcome> ExecuteAsync(ContainerStep step, DesiredState desired, CancellationToken cancellation)
    {
        var module = desired.Resources.GetValueOrDefault(step.Resource) as EdgeModuleResource;
        if (step is { ContainerId: null } and (StartContainer or RenameContainer)
            && module is not null && _made.TryGetValue((step.Resource, module.SpecHash), out var made))
        {
            try
            {
                return await DoAsync(step, new() { Id = made }, module, cancellation);
            }
            catch (EngineException e) when (e.IsNotFound && !EngineFailure.IsNetworkMissing(e))
            {
                _made.TryRemove((step.Resource, module.SpecHash), out _);
            }
        }

        var container = step.ContainerId is { } id
            ? await engine.InspectContainerAsync(id, cancellation)
            : await FindAsync(step.Resource, module?.SpecHash, cancellation);
        var isOwn = container is not null && await own.OwnsAsync(container, cancellation);
        return container switch
        {
            null when step is StopContainer or RemoveContainer => Done,
            null => new StepOutcome.Retry("ContainerMissing", $"the container of {step.Resource} is no longer there"),
            _ when !isOwn =>
                new StepOutcome.Terminal("NotOwned", $"container {Name(container)} was not made by this agent and is left alone"),
            _ => await DoAsync(step, container, module, cancellation),
        };
    }

    private async Task<StepOutcome> DoAsync(ContainerStep step, ContainerDetails container, EdgeModuleResource? module, CancellationToken cancellation)
    {
        try
        {
            switch (step)
            {
                case StartContainer:
                    await StartAsync(container, module, cancellation);
                    break;
                case StopContainer stop:
                    await engine.StopContainerAsync(container.Id, stop.Timeout ?? Timeout(container), cancellation);
                    break;
                case RestartContainer restart:
                    await engine.RestartContainerAsync(container.Id, restart.Timeout ?? Timeout(container), cancellation);
                    break;
                case UpdateContainer update:
                    await UpdateAsync(container, update, cancellation);
                    break;
                case ConnectNetwork connect:
                    await _networks.ConnectAsync(container, connect.Network, module?.Container, cancellation);
                    break;
                case DisconnectNetwork disconnect:
                    await engine.DisconnectNetworkAsync(disconnect.Network, container.Id, cancellation);
                    break;
                case RenameContainer rename when rename.Name != Name(container):
                    await engine.RenameContainerAsync(container.Id, rename.Name, cancellation);
                    break;
                case RemoveContainer:
                    await previous.SaveAsync(step.Resource.Name, container, cancellation);
                    await engine.RemoveContainerAsync(container.Id, Phase(container) == ContainerPhase.Dead, cancellation);
                    await mounts.DeleteAsync(ContainerOwnership.Instance(container.Config?.Labels), cancellation);
                    break;
                default:
                    break;
            }

            return Done;
        }
        catch (EngineException e) when (e.IsNotFound && step is (StopContainer or RemoveContainer))
        {
            return Done;
        }
        catch (EngineException e) when (IsBeingRemoved(e))
        {
            return BeingRemoved(Name(container));
        }
        catch (EngineException e) when (step is RenameContainer && e.IsConflict)
        {
            return NameTaken(((RenameContainer)step).Name, e.Message);
        }
        finally
        {
            cache.Forget(container.Id);
        }
    }

    private async Task UpdateAsync(ContainerDetails container, UpdateContainer step, CancellationToken cancellation)
    {
        try
        {
            await engine.UpdateContainerAsync(container.Id, ContainerLimits.Update(step.Settings), cancellation);
        }
        catch (EngineException e) when (!e.IsUnavailable)
        {
            // The next plan has another container take its place.
            own.Records.Refuse(container.Id);
            throw;
        }
    }

    private async Task StartAsync(ContainerDetails container, EdgeModuleResource? module, CancellationToken cancellation)
    {
        var isOfSpec = module is not null && container.Config?.Labels?.GetValueOrDefault(Ownership.SpecHash) == module.SpecHash;
        if (isOfSpec && Phase(container) == ContainerPhase.Created)
        {
            // The agent may have died between the creation and the last connection.
            await _networks.ConnectAsync(container, CreateRequest.For(module!.Container, await engine.NegotiateAsync(cancellation)), cancellation);
        }

        if (isOfSpec)
        {
            await mounts.WriteAsync(module!.Container, ContainerOwnership.Instance(container.Config?.Labels), cancellation);
        }

        if (Phase(container) == ContainerPhase.Paused)
        {
            await engine.UnpauseContainerAsync(container.Id, cancellation);
            return;
        }

        try
        {
            await engine.StartContainerAsync(container.Id, cancellation);
        }
        catch (EngineException e) when (EngineFailure.IsNetworkMissing(e) && container.NetworkSettings is not null)
        {
            if (!await _networks.RejoinAsync(container, module?.Container, cancellation))
            {
                throw;
            }

            await engine.StartContainerAsync(container.Id, cancellation);
        }
    }

    /// <summary>What was verified is what runs, whatever its name stands for by now: the request names it by its digest.</summary>
    /// <returns>Why the image may not run; null when it may.</returns>
    private async Task<StepOutcome?> AdmitAsync(string image, string? imageId, CreateRequest request, CancellationToken cancellation)
    {
        if (admission.RuleFor(image) is null)
        {
            return null;
        }

        if (await engine.InspectImageAsync(imageId ?? image, cancellation) is not { } local || !admission.Admits(image, local.Id))
        {
            return new StepOutcome.Retry("ImageNotVerified", $"{image} is not verified, as images.verify in the agent's configuration demands");
        }

        var digest = admission.Verified.Find(local.Id)!.Digest;
        request.Body["Image"] = local.RepoDigests?.FirstOrDefault(name => name?.EndsWith($"@{digest}", StringComparison.Ordinal) is true) ?? local.Id;
        return null;
    }

    /// <summary>Looks at what has the name already: it may be what an earlier attempt has made.</summary>
    private async Task<StepOutcome> AdoptAsync(CreateContainer step, CreateRequest request, EngineException taken, CancellationToken cancellation)
    {
        var holder = await engine.InspectContainerAsync(step.Name, cancellation);
        var labels = holder?.Config?.Labels;
        var isOwn = holder is not null && await own.OwnsAsync(holder, cancellation);
        return holder switch
        {
            null or { State.Status: "removing" } => BeingRemoved(step.Name),
            _ when !isOwn => NameTaken(
                step.Name, $"{taken.Message} This agent did not make that one and leaves it alone: rename or remove it, or rename the module"),
            _ when ownership.ResourceOf(labels) == step.Resource && labels!.GetValueOrDefault(Ownership.SpecHash) == step.SpecHash =>
                await CompleteAsync(step, holder, request, note: null, cancellation),
            _ => NameTaken(step.Name, taken.Message),
        };
    }

    private async Task<StepOutcome> CompleteAsync(
        CreateContainer step, ContainerDetails container, CreateRequest request, string? note, CancellationToken cancellation)
    {
        // Before anything else happens to it: from here on it is known again whatever its labels are worth.
        own.Records.Add(container.Id, ContainerOwnership.Instance(container.Config?.Labels) ?? (string?)request.Body["Labels"]?[Ownership.Instance]);
        await _networks.ConnectAsync(container, request, cancellation);
        _made[(step.Resource, step.SpecHash)] = container.Id;
        return new StepOutcome.Succeeded(note);
    }

    /// <summary>The newest container that was made for a resource as it is desired now.</summary>
    private async Task<ContainerDetails?> FindAsync(ResourceId resource, string? specHash, CancellationToken cancellation)
    {
        var found = specHash is null ? [] : await engine.ListContainersAsync(ownership.Filter(resource, specHash), cancellation);
        foreach (var container in found.OrderByDescending(container => container.Created))
        {
            if (await engine.InspectContainerAsync(container.Id, cancellation) is { } details && await own.OwnsAsync(details, cancellation))
            {
                return details;
            }
        }

        return null;
    }

    private static StepOutcome.Retry NameTaken(string name, string? why) => new("NameTaken", $"the name {name} is taken by another container: {why}");

    /// <summary>The event of its end wakes the loop.</summary>
    private static StepOutcome.Pending BeingRemoved(string name) => new($"container {name} is being removed");

    private static bool IsBeingRemoved(EngineException e) =>
        e.IsConflict && (e.Message.Contains("is already in progress", StringComparison.Ordinal) || e.Message.Contains("marked for removal", StringComparison.Ordinal));

    private static bool IsNameTaken(EngineException e) =>
        e.Message.Contains("already in use", StringComparison.OrdinalIgnoreCase) && e.Message.Contains("name", StringComparison.OrdinalIgnoreCase);

    private static ContainerPhase Phase(ContainerDetails container) => ContainerFacts.Phase(container.State?.Status);

    private static string Name(ContainerDetails container) => container.Name?.TrimStart('/') ?? container.Id;

    /// <summary>The container's own setting, so that the request waits as long as the engine does.</summary>
    private static TimeSpan? Timeout(ContainerDetails container) =>
        container.Config?.StopTimeout is { } seconds and >= 0 ? TimeSpan.FromSeconds(seconds) : null;
}
