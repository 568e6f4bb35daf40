using System.Text.Json.Nodes;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Agent.Engine;

/// <summary>
/// The part of the Docker Engine API that the agent uses; Podman speaks it too. Every call ends within a limit, and
/// fails with an <see cref="EngineException"/> only.
/// </summary>
public interface IContainerEngine
{
    /// <summary>How the engine is reached, for people.</summary>
    string Endpoint { get; }

    /// <summary>The version of the API that agent and engine agree on, such as 1.41.</summary>
    Task<Version> NegotiateAsync(CancellationToken cancellation);

    Task<EngineVersion> VersionAsync(CancellationToken cancellation);

    /// <summary>Containers in any state.</summary>
    /// <param name="labels">Only those that carry every one of these (<c>key=value</c>).</param>
    Task<IReadOnlyList<ContainerSummary>> ListContainersAsync(IEnumerable<string> labels, CancellationToken cancellation);

    /// <summary>One container by id or name; null when there is none.</summary>
    Task<ContainerDetails?> InspectContainerAsync(string container, CancellationToken cancellation);

    Task<CreatedContainer> CreateContainerAsync(string name, JsonObject body, CancellationToken cancellation);

    /// <summary>Fine when it runs already.</summary>
    Task StartContainerAsync(string container, CancellationToken cancellation);

    /// <summary>Fine when it is stopped already.</summary>
    /// <param name="timeout">Until it is killed; null for the container's own setting, or 10 s.</param>
    Task StopContainerAsync(string container, TimeSpan? timeout, CancellationToken cancellation);

    /// <inheritdoc cref="StopContainerAsync"/>
    Task RestartContainerAsync(string container, TimeSpan? timeout, CancellationToken cancellation);

    /// <summary>Changes settings of a container, whether it runs or not.</summary>
    /// <param name="settings">By their names in the API; what is left out stays.</param>
    Task UpdateContainerAsync(string container, JsonObject settings, CancellationToken cancellation);

    Task UnpauseContainerAsync(string container, CancellationToken cancellation);

    Task RenameContainerAsync(string container, string name, CancellationToken cancellation);

    /// <summary>Removes a stopped container, and no volume.</summary>
    /// <param name="force">For a container that the engine calls dead.</param>
    Task RemoveContainerAsync(string container, bool force, CancellationToken cancellation);

    /// <summary>Writes the container's output, standard error included, as plain text.</summary>
    /// <param name="options"><see cref="LogOptions.Previous"/> has no meaning here.</param>
    Task CopyLogsAsync(ContainerDetails container, LogOptions options, Stream output, CancellationToken cancellation);

    /// <summary>What happens on the engine from now on, without end. The first item is null: the stream is up.</summary>
    IAsyncEnumerable<EngineEvent?> EventsAsync(CancellationToken cancellation);

    Task<IReadOnlyList<ImageSummary>> ListImagesAsync(CancellationToken cancellation);

    /// <summary>One image by reference or id; null when the engine does not have it.</summary>
    Task<ImageSummary?> InspectImageAsync(string image, CancellationToken cancellation);

    /// <summary>Pulls an image; the pull is over when the sequence ends.</summary>
    /// <param name="auth">The value of the <c>X-Registry-Auth</c> header, or null.</param>
    /// <param name="idle">How long the engine may say nothing.</param>
    IAsyncEnumerable<PullMessage> PullImageAsync(string image, string? auth, TimeSpan idle, CancellationToken cancellation);

    /// <summary>Gives an image a name, which it takes from the one that had it.</summary>
    Task TagImageAsync(string image, string repository, string tag, CancellationToken cancellation);

    /// <summary>Takes a reference away from an image, and removes the image with its last one.</summary>
    Task RemoveImageAsync(string image, CancellationToken cancellation);

    Task<IReadOnlyList<NetworkSummary>> ListNetworksAsync(CancellationToken cancellation);

    Task CreateNetworkAsync(string name, IReadOnlyDictionary<string, string> labels, CancellationToken cancellation);

    Task RemoveNetworkAsync(string name, CancellationToken cancellation);

    /// <param name="endpoint">The endpoint's settings, as in <c>NetworkingConfig.EndpointsConfig</c>.</param>
    Task ConnectNetworkAsync(string network, string container, JsonNode? endpoint, CancellationToken cancellation);

    /// <summary>Also takes away an endpoint whose network is no more.</summary>
    Task DisconnectNetworkAsync(string network, string container, CancellationToken cancellation);

    Task<IReadOnlyList<VolumeSummary>> ListVolumesAsync(CancellationToken cancellation);

    /// <summary>Fine when there is one of that name already.</summary>
    Task CreateVolumeAsync(string name, IReadOnlyDictionary<string, string> labels, CancellationToken cancellation);
}
