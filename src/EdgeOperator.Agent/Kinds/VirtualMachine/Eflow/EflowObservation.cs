using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;
using EdgeOperator.Core.Kinds.VirtualMachine;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Eflow;

/// <summary>
/// What <see cref="EflowCommands.Observe"/> answered. Get-EflowVm's members are named as in outputs that users have quoted
/// (Azure/iotedge-eflow, issues 49, 105 and 274); what is not there is not known.
/// </summary>
internal sealed record EflowObservation
{
    /// <summary>Whether the module AzureEFLOW is there.</summary>
    public bool IsInstalled { get; init; }

    public bool IsDeployed { get; init; }

    public bool IsRunning { get; init; }

    /// <summary>Get-EflowVm's word: <c>Running</c>, <c>Off</c>, or others in between.</summary>
    public string? Power { get; init; }

    public int? Cpus { get; init; }

    /// <summary>MiB.</summary>
    public int? Memory { get; init; }

    /// <summary>The host's logical processors.</summary>
    public int? HostCpus { get; init; }

    /// <summary>MiB that the host has left.</summary>
    public int? HostMemory { get; init; }

    /// <summary>The address that the host reaches the guest at.</summary>
    public string? Address { get; init; }

    /// <summary>The guest's public keys, each its type and the key.</summary>
    public ImmutableArray<string> HostKeys { get; init; } = [];

    /// <summary>The public keys that the agent has let into the guest, each its type and the key.</summary>
    public ImmutableArray<string> AdmittedKeys { get; init; } = [];

    /// <summary>Null while the guest does not answer.</summary>
    public GuestReport? Guest { get; init; }

    public static EflowObservation Of(JsonElement value)
    {
        var vm = At(value, "vm");
        var size = At(At(At(At(vm, "VmConfiguration"), "properties"), "hardwareProfile"), "customsize");
        var host = At(value, "host");
        var power = Text(At(vm, "VmPowerState"));
        var lines = EflowAnswer.Lines(At(value, "report"));
        var report = GuestReportText.Parse(string.Join('\n', lines));
        return new()
        {
            IsInstalled = At(value, "installed")?.ValueKind == JsonValueKind.True,
            IsDeployed = At(value, "deployed")?.ValueKind == JsonValueKind.True,
            IsRunning = power == "Running",
            Power = power,
            Cpus = Number(At(size, "cpucount")),
            Memory = Number(At(size, "memorymb")),
            HostCpus = Number(At(host, "NumberOfLogicalProcessors")),
            HostMemory = Number(At(host, "FreePhysicalMemoryInMB")),

            // Lines: the MAC address, then the IP address (azure-docs, "Networking configuration for Azure IoT Edge for Linux on Windows").
            Address = EflowAnswer.Lines(At(value, "address")).LastOrDefault(line => System.Net.IPAddress.TryParse(line, out _)),
            HostKeys = Keys(lines, EflowGuest.HostKey),
            AdmittedKeys = Keys(lines, EflowGuest.AdmittedKey),
            Guest = report is null ? null : Complete(report, vm),
        };
    }

    private static ImmutableArray<string> Keys(IEnumerable<string> lines, string mark) =>
        [.. lines.Select(line => line.Split(' ', StringSplitOptions.TrimEntries)).Where(words => words.Length >= 3 && words[0] == mark).Select(words => $"{words[1]} {words[2]}")];

    /// <summary>The module knows the engine's version even where the guest's user may not ask the engine.</summary>
    private static GuestReport Complete(GuestReport report, JsonElement? vm) =>
        report with { Engine = report.Engine ?? Text(At(At(vm, "EdgeRuntimeVersion"), "MobyEngineVersion")) };

    private static JsonElement? At(JsonElement? value, string name) =>
        value is { ValueKind: JsonValueKind.Object } found && found.EnumerateObject().FirstOrDefault(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { Value.ValueKind: not (JsonValueKind.Undefined or JsonValueKind.Null) } member
            ? member.Value
            : null;

    private static string? Text(JsonElement? value) => value?.ToString() is { Length: > 0 } text ? text : null;

    private static int? Number(JsonElement? value) =>
        double.TryParse(Text(value), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? (int)number : null;
}
