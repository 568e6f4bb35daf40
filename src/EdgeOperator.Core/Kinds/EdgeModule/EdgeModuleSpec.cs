using System.Collections.Immutable;
using EdgeOperator.Core.Kinds.EdgeModule.Compiling;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Kinds.EdgeModule;

public enum ImagePullPolicy
{
    /// <summary>Pull when a revision brings a new or changed module; a local copy serves when the registry can't be reached.</summary>
    OnCreate,

    /// <summary>Pull only when the engine lacks the image.</summary>
    IfNotPresent,

    /// <summary>Never pull; the image must be on the engine.</summary>
    Never,
}

public enum RestartPolicy
{
    Always,
    OnUnhealthy,
    OnFailed,
    Never,
}

public enum ModulePower
{
    Running,
    Stopped,
}

public enum UpdateStrategy
{
    /// <summary>Stop the old container, then start the new one, which has been created (so checked by the engine) before.</summary>
    Recreate,

    /// <summary>Start the new container, wait until it is Ready, then stop the old one.</summary>
    StartFirst,
}

/// <summary>The desired module on a container engine: the engine's own create request, and what the agent adds to it.</summary>
public sealed record EdgeModuleSpec
{
    /// <summary>The container's name on the engine, which is the module's name.</summary>
    public required string Name { get; init; }

    public required string Image { get; init; }

    /// <summary>
    /// The body of the engine's <c>POST /containers/create</c>, as canonical JSON (keys sorted), image included and
    /// the agent's own labels not. It names every network of the container; engines below API 1.44 take only one here,
    /// and the others are connected before the start.
    /// </summary>
    public required string CreateBody { get; init; }

    public ImagePullPolicy PullPolicy { get; init; }

    public RestartPolicy Restart { get; init; } = RestartPolicy.OnUnhealthy;

    public ModulePower Power { get; init; } = ModulePower.Running;

    /// <summary>Order of the start attempts, lowest first; equal orders start together.</summary>
    public uint StartupOrder { get; init; } = uint.MaxValue;

    public UpdateStrategy UpdateStrategy { get; init; }

    /// <summary>Networks that the container joins and the agent creates when they are missing.</summary>
    public ImmutableArray<string> Networks { get; init; } = [];

    /// <summary>The container names no network, and so is in the engine's own.</summary>
    public bool UsesDefaultNetwork { get; init; }

    /// <summary>Named volumes that the container mounts and the agent creates when they are missing; never deleted.</summary>
    public ImmutableArray<string> Volumes { get; init; } = [];

    /// <summary>Names of the containers in whose network, process or IPC namespace the container lives.</summary>
    public ImmutableArray<string> Joins { get; init; } = [];

    /// <summary>Names of the containers whose volumes the container mounts.</summary>
    public ImmutableArray<string> VolumesFrom { get; init; } = [];

    /// <summary>A probe that the agent runs; null when the engine's own health check (in <see cref="CreateBody"/>) or none decides.</summary>
    public NetworkProbe? Probe { get; init; }

    /// <summary>How long the container must stay Ready before the revision that changed it counts as good; null means the agent's setting.</summary>
    public TimeSpan? StableFor { get; init; }

    /// <summary>How long a stopping container may take before it is killed; null means the engine's default (10 s).</summary>
    public TimeSpan? StopTimeout { get; init; }

    /// <summary><c>host</c>, or the name of the VirtualMachine whose engine runs the module.</summary>
    public string Target { get; init; } = EngineTarget.Host;

    /// <summary>Files that are mounted from memory; their contents refer to secrets.</summary>
    public ImmutableArray<SecretFile> SecretFiles { get; init; } = [];

    /// <summary>How to sign in to the image's registry; null for no way of the module's own.</summary>
    public RegistryLogin? RegistryLogin { get; init; }

    /// <summary>The same with the registry's address; null without one.</summary>
    public RegistryCredential? Login => RegistryLogin is { } login && ImageReference.TryParse(Image, out var image, out _) ? new(image.Registry, login.Username, login.Password) : null;

    /// <summary>
    /// Of <see cref="CreateBody"/>, the secret files, and of <see cref="Target"/> unless that is the host, 16 hex digits: a container with another hash
    /// must be replaced. Everything else takes effect without a new container.
    /// </summary>
    public string Hash => SpecHash.Of(this, static spec => spec.CreateBody + EngineTarget.Suffix(spec.Target) + string.Concat(spec.SecretFiles));
}

/// <summary>A health probe from the agent to a container's own address.</summary>
/// <param name="Port">The port inside the container, 1 to 65535.</param>
/// <param name="HttpPath">The path of a GET that must answer 200 to 399; null means that a TCP connection is enough.</param>
public sealed record NetworkProbe(int Port, string? HttpPath)
{
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Failures in a row that make the container unhealthy.</summary>
    public int Retries { get; init; } = 3;

    /// <summary>Failures do not count during this time after the start.</summary>
    public TimeSpan StartPeriod { get; init; }
}
