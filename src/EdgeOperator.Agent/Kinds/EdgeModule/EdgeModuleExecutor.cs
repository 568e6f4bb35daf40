using EdgeOperator.Agent.Engine;
using EdgeOperator.Agent.Execution;
using EdgeOperator.Agent.Kinds.EdgeModule.Images;
using EdgeOperator.Agent.Secrets;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent.Kinds.EdgeModule;

/// <summary>Carries steps out on an engine. Doing a step twice does no harm, and what the agent did not make is not touched.</summary>
internal sealed class EdgeModuleExecutor(IContainerEngine engine, ContainerSteps containers, ImagePuller puller, PulledImages pulled, Ownership ownership)
{
    private static readonly StepOutcome Done = new StepOutcome.Succeeded();

    public static bool Handles(Step step) =>
        step is ContainerStep or CreateContainer or CreateNetwork or RemoveNetwork or CreateVolume or PullImage or RemoveImage;

    /// <param name="host">The device's address as containers on this engine see it; null where it has no name there.</param>
    public async Task<StepOutcome> ExecuteAsync(Step step, DesiredState desired, CancellationToken cancellation, string? host = null)
    {
        try
        {
            return step switch
            {
                PullImage pull => await puller.AskAsync(pull, desired.RegistryCredentials),
                CreateContainer create => await containers.CreateAsync(create, desired, host, cancellation),
                ContainerStep container => await containers.ExecuteAsync(container, desired, cancellation),
                CreateNetwork network => await CreateAsync(network, desired, cancellation),
                RemoveNetwork network => await RemoveAsync(network, cancellation),
                CreateVolume volume => await CreateAsync(volume, desired, cancellation),
                RemoveImage image => await RemoveAsync(image, cancellation),
                _ => throw new ArgumentOutOfRangeException(nameof(step), step.Id, "not a step of this driver"),
            };
        }
        catch (EngineException e)
        {
            return EngineFailure.Classify(step, e);
        }
        catch (SecretUnavailableException e)
        {
            return new StepOutcome.Retry(SecretUnavailableException.Reason, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new StepOutcome.Retry("StateUnwritable", e.Message);
        }
    }

    private async Task<StepOutcome> CreateAsync(CreateNetwork step, DesiredState desired, CancellationToken cancellation)
    {
        // Older engines would make a second network of the same name.
        if ((await engine.ListNetworksAsync(cancellation)).Any(network => network.Name == step.Network))
        {
            return Done;
        }

        try
        {
            await engine.CreateNetworkAsync(step.Network, ownership.For(step.Resource, desired.Revision), cancellation);
        }
        catch (EngineException e) when (e.IsConflict || e.Message.Contains("already", StringComparison.Ordinal))
        {
            // Somebody was faster; it is there.
        }

        return Done;
    }

    private async Task<StepOutcome> RemoveAsync(RemoveNetwork step, CancellationToken cancellation)
    {
        var network = (await engine.ListNetworksAsync(cancellation)).FirstOrDefault(network => network.Name == step.Network);
        if (network is null)
        {
            return Done;
        }

        if (!ownership.Owns(network.Labels))
        {
            return new StepOutcome.Terminal("NotOwned", $"network {step.Network} was not made by this agent and is left alone");
        }

        try
        {
            await engine.RemoveNetworkAsync(step.Network, cancellation);
            return Done;
        }
        catch (EngineException e) when (e.IsNotFound)
        {
            return Done;
        }
        catch (EngineException e) when (e.Message.Contains("active endpoints", StringComparison.Ordinal) || e.Message.Contains("being used", StringComparison.Ordinal))
        {
            return new StepOutcome.Retry("NetworkInUse", $"network {step.Network} is still in use: {e.Message}");
        }
    }

    private async Task<StepOutcome> CreateAsync(CreateVolume step, DesiredState desired, CancellationToken cancellation)
    {
        try
        {
            await engine.CreateVolumeAsync(step.Volume, ownership.For(step.Resource, desired.Revision), cancellation);
        }
        catch (EngineException e) when (e.IsConflict || e.Message.Contains("already exists", StringComparison.Ordinal))
        {
            // It is there, with the data that it holds.
        }

        return Done;
    }

    /// <summary>Takes away the names that the agent gave the image, and the image when no other name is left.</summary>
    private async Task<StepOutcome> RemoveAsync(RemoveImage step, CancellationToken cancellation)
    {
        if (!pulled.Ids.Contains(step.ImageId))
        {
            return new StepOutcome.Terminal("NotOwned", $"image {step.ImageId} was not pulled by this agent and is left alone");
        }

        try
        {
            var note = await new ImageRemoval(engine, pulled).RemoveAsync(step.ImageId, cancellation);
            pulled.Remove(step.ImageId);
            return new StepOutcome.Succeeded(note);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return IoFailure.Of(e, e.Message, "StateUnwritable");
        }
    }
}
