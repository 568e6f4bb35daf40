using System.Text.Json.Serialization;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Windows;

/// <summary>What is persisted of a machine that another system keeps: <c>note.json</c> in its folder.</summary>
internal sealed record ManagedMachineState
{
    /// <summary>What it was last made like.</summary>
    public required VirtualMachineConfig Shape { get; init; }

    /// <summary>False after a stop that was asked for.</summary>
    public bool IsAskedToRun { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>The manifest does not name the machine any more; what it holds is kept.</summary>
    public bool IsRemoved { get; init; }

    /// <summary>What the machine is called by its system.</summary>
    public string? SystemName { get; init; }

    /// <summary>A word of ours in the guest, by which it is known again; null where its system has one machine only.</summary>
    public string? Mark { get; init; }

    /// <summary>Its other settings, a line each; of secrets a hash.</summary>
    public string[] Settings { get; init; } = [];

    /// <summary>Whether it was ever started wholly: there are settings then.</summary>
    public bool IsComplete => Settings.Length > 0;

    /// <summary>Null when there is none, or both its copies are damaged.</summary>
    /// <exception cref="IOException">It can't be read now.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static ManagedMachineState? Read(string folder) => StateFile.ReadEither(FileIn(folder), ManagedMachineStateJson.Default.ManagedMachineState, out _);

    /// <exception cref="IOException">The disk is full or failed.</exception>
    public void Write(string folder)
    {
        PrivateFolder.Create(folder);
        StateFile.WriteTwice(FileIn(folder), this, ManagedMachineStateJson.Default.ManagedMachineState);
    }

    /// <exception cref="IOException">It can't be deleted.</exception>
    public static void Delete(string folder) => StateFile.DeleteBoth(FileIn(folder));

    private static string FileIn(string folder) => Path.Combine(folder, "note.json");
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    IgnoreReadOnlyProperties = true,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(ManagedMachineState))]
internal sealed partial class ManagedMachineStateJson : JsonSerializerContext;
