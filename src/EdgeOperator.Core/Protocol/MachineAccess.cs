using System.Collections.Immutable;
using System.Text.Json.Serialization;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Protocol;

/// <summary>
/// How commands cross the border to a virtual machine, both ways: the file <c>vms/NAME/access.json</c> below the agent's
/// state directory. It is all that <c>edgeop vm</c> reads, so that it works while the agent does not.
/// </summary>
public sealed record MachineAccess
{
    public const string FileName = "access.json";

    public required string Name { get; init; }

    /// <summary>For <c>ssh -F</c>; the guest is its host <see cref="HostAlias"/>.</summary>
    public required string SshConfig { get; init; }

    /// <summary>The control socket of the connection that the agent keeps, signed in as root.</summary>
    public required string ControlSocket { get; init; }

    /// <summary>Whom commands in the guest run as when nobody is named.</summary>
    public required string User { get; init; }

    public ImmutableArray<SharedFolder> SharedFolders { get; init; } = [];

    /// <summary>Whether the guest may run programs of the host and variables are shared.</summary>
    public bool Interop { get; init; }

    /// <summary>Entries of WSLENV.</summary>
    public ImmutableArray<string> Env { get; init; } = [];

    /// <summary>The host's programs that the guest may run, by name; absolute paths.</summary>
    public ImmutableSortedDictionary<string, string> Programs { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Whom the host's programs run as, as <c>user</c> or <c>user:group</c>; null for the agent's own user.</summary>
    public string? HostUser { get; init; }

    /// <summary>The guest's name in the files of ssh.</summary>
    public const string HostAlias = "guest";
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(MachineAccess))]
public sealed partial class AccessJson : JsonSerializerContext;
