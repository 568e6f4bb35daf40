using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json.Serialization;
using EdgeOperator.Agent.Kinds.VirtualMachine.Tunnel;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>What is persisted of a machine: <c>machine.json</c> in its folder.</summary>
internal sealed record MachineState
{
    /// <summary>The configuration that was last applied, changes while it runs included.</summary>
    public required VirtualMachineConfig Shape { get; init; }

    /// <summary>How <see cref="VirtualMachineConfig.SharedFolders"/> were offered when the machine was started; null when an older agent has started it.</summary>
    public ImmutableArray<MachineShare>? Shares { get; init; }

    /// <summary>How shared folders are offered.</summary>
    public ImmutableArray<MachineShare> Offered => Shares ?? MachineShare.Of(Shape.SharedFolders, virtiofsd: null);

    /// <summary>False after a requested stop.</summary>
    public bool IsAskedToRun { get; init; }

    /// <summary>Where its sshd is reached on 127.0.0.1.</summary>
    public int SshPort { get; init; }

    /// <summary>Of the first network card; the second one's ends with the next number.</summary>
    public required string Mac { get; init; }

    public required string Uuid { get; init; }

    /// <summary>The user that commands in the guest run as when none is named.</summary>
    public string User { get; init; } = "root";

    public TimeSpan StopTimeout { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>The guest's boot that was given a newer seed than the machine was started with; null when none was.</summary>
    public string? SeededBoot { get; init; }

    /// <summary>For a machine that is created: its network card's address and its id stay the same for good.</summary>
    public static MachineState New(VirtualMachineConfig shape)
    {
        // QEMU's own range; even, so that the second card's address differs in the last digit only.
        var random = RandomNumberGenerator.GetBytes(3);
        return new() { Shape = shape, Mac = $"52:54:00:{random[0]:x2}:{random[1]:x2}:{random[2] & 0xfe:x2}", Uuid = Guid.NewGuid().ToString() };
    }

    /// <summary>
    /// Null when the machine was never started, or both copies of the file are damaged: then all but its data disk counts as missing.
    /// </summary>
    /// <exception cref="IOException">It can't be read now.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static MachineState? Read(MachineFolder folder) => StateFile.ReadEither(folder.Record, MachineJson.Default.MachineState, out _);

    /// <summary>Where the tunnel to its guest leads.</summary>
    public SshTunnelTarget ToTunnelTarget() => new(SshPort) { User = User, SharedFolders = Shape.SharedFolders, Interop = Shape.Interop };

    /// <exception cref="IOException">The disk is full or failed.</exception>
    public void Write(MachineFolder folder) => StateFile.WriteTwice(folder.Record, this, MachineJson.Default.MachineState);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    IgnoreReadOnlyProperties = true,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(MachineState))]
internal sealed partial class MachineJson : JsonSerializerContext;
