using System.Collections.Immutable;
using System.Text.Json.Serialization;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Kinds.EdgeModule;

/// <summary>
/// An EdgeModule's <c>spec</c> as its author wrote it, checked and in one canonical form: every spelling of a port, a
/// volume or a variable has become the same record. Not yet an engine's request; see <see cref="EdgeModuleSpec"/>.
/// <c>createOptions</c> is not here: it is read from the node, in the engine's own terms.
/// </summary>
public sealed record EdgeModuleFields
{
    public required string Image { get; init; }

    public ImagePullPolicy ImagePullPolicy { get; init; }

    /// <summary>Replaces the image's entry point (and so its default arguments); null keeps it.</summary>
    public ImmutableArray<string>? Command { get; init; }

    /// <summary>Replaces the image's default arguments (Docker's <c>Cmd</c>); null keeps them.</summary>
    public ImmutableArray<string>? Args { get; init; }

    public ImmutableSortedDictionary<string, string> Env { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    public ImmutableArray<PortMapping> Ports { get; init; } = [];

    public ImmutableArray<VolumeMount> Volumes { get; init; } = [];

    /// <summary>Networks to join; <c>host</c>, <c>none</c> and <c>bridge</c> mean the engine's own.</summary>
    public ImmutableArray<string> Networks { get; init; } = [];

    public ImmutableArray<SecretFile> SecretFiles { get; init; } = [];

    public RegistryLogin? RegistryCredentials { get; init; }

    public ResourceLimits? Resources { get; init; }

    /// <summary><c>user</c>, <c>user:group</c> or numeric ids; null keeps the image's.</summary>
    public string? User { get; init; }

    public string? WorkingDir { get; init; }

    /// <summary>A read-only root file system.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>Labels on the container; none with the prefix <c>edgeoperator.io/</c>.</summary>
    public ImmutableSortedDictionary<string, string> Labels { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    public RestartPolicy RestartPolicy { get; init; } = RestartPolicy.OnUnhealthy;

    public ModulePower Status { get; init; } = ModulePower.Running;

    public uint StartupOrder { get; init; } = uint.MaxValue;

    public HealthSpec? Health { get; init; }

    public UpdateStrategy UpdateStrategy { get; init; }

    /// <summary><c>host</c>, or the name of a VirtualMachine.</summary>
    public string Target { get; init; } = "host";

    /// <summary>How long a stopping container may take before it is killed; null means the engine's default.</summary>
    public TimeSpan? StopTimeout { get; init; }
}

/// <param name="Path">The absolute path inside the container.</param>
/// <param name="Content">With references to secrets.</param>
/// <param name="Mode">Permission bits, 0 to 0o7777.</param>
public sealed record SecretFile(string Path, string Content, int Mode);

/// <summary>How to sign in to a registry, with references to secrets. Its text form does not show the password, but changes with it.</summary>
public sealed record RegistryLogin(string Username, string Password)
{
    public override string ToString() => $"{nameof(RegistryLogin)} {{ Username = {Username}, Password = *** {new ContentHash().Add(Password)} }}";
}

/// <summary>A published port.</summary>
/// <param name="Container">The port inside the container, 1 to 65535.</param>
/// <param name="Host">The port on the host, 1 to 65535; null lets the engine choose.</param>
/// <param name="Protocol"><c>tcp</c>, <c>udp</c> or <c>sctp</c>.</param>
/// <param name="Address">The host's address to listen on; null means every address.</param>
public sealed record PortMapping(int Container, int? Host, string Protocol, string? Address);

/// <summary>A volume or a host path inside a container.</summary>
/// <param name="Source">A volume's name, or (with a leading <c>/</c>, or a drive letter on Windows) a path on the host.</param>
/// <param name="Path">The absolute path inside the container.</param>
/// <param name="Relabel">SELinux: <c>z</c> shared, <c>Z</c> private; null leaves labels alone.</param>
public sealed record VolumeMount(string Source, string Path, bool ReadOnly, string? Relabel)
{
    /// <summary>Whether <see cref="Source"/> is a volume's name rather than a path on the host.</summary>
    public bool IsNamed => Source.AsSpan().IndexOfAny('/', '\\') < 0;
}

/// <param name="NanoCpus">Billionths of a processor; null means no limit.</param>
/// <param name="Memory">Bytes; null means no limit.</param>
public sealed record ResourceLimits([property: JsonPropertyName("cpus")] long? NanoCpus, long? Memory);

/// <summary>How to tell that a module is well: exactly one of the three probes, or none, when only <see cref="StableFor"/> is given.</summary>
public sealed record HealthSpec
{
    public ExecProbe? Exec { get; init; }

    public HttpProbe? Http { get; init; }

    public TcpProbe? Tcp { get; init; }

    public TimeSpan? Interval { get; init; }

    public TimeSpan? Timeout { get; init; }

    /// <summary>Failures in a row that make the module unhealthy.</summary>
    public int? Retries { get; init; }

    /// <summary>Failures do not count during this time after the start.</summary>
    public TimeSpan? StartPeriod { get; init; }

    /// <summary>How long the module must stay Ready before a revision counts as good.</summary>
    public TimeSpan? StableFor { get; init; }
}

/// <summary>A program and its arguments, run inside the container without a shell; exit code 0 means well.</summary>
public sealed record ExecProbe(ImmutableArray<string> Command);

/// <summary>A GET that must answer 200 to 399.</summary>
public sealed record HttpProbe(int Port, string Path);

public sealed record TcpProbe(int Port);
