using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using EdgeOperator.Core.Kinds.VirtualMachine;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Eflow;

/// <summary>A machine's settings that its configuration does not have, as lines <c>name=value</c> to persist: of secrets a hash.</summary>
internal static class EflowSettingLines
{
    public const string Gpu = "gpu";
    public const string Telemetry = "telemetry";
    public const string Identity = "identity";

    /// <summary>Features that can be on or off.</summary>
    public static readonly ImmutableArray<string> Features = ["Defender", "DpsTpm"];

    public static ImmutableArray<string> Of(VirtualMachineSpec machine)
    {
        var settings = machine.Eflow ?? new();
        return
        [
            $"{Gpu}={settings.GpuName}/{settings.GpuPassthrough}/{settings.GpuCount}",
            $"{Telemetry}={settings.OptionalTelemetry}",
            .. Features.Select(feature => $"{feature}={IsOn(machine, feature)}"),
            $"{Identity}={Hash(settings.Identity)}",
        ];
    }

    /// <summary>A deployment asks for the card and for telemetry; nothing else is set yet.</summary>
    public static ImmutableArray<string> OfDeployment(VirtualMachineSpec machine) =>
        [.. Of(machine).Where(line => NameOf(line) is Gpu or Telemetry), $"{Identity}={Hash(ImmutableSortedDictionary<string, string>.Empty)}"];

    public static bool IsOn(VirtualMachineSpec machine, string feature) =>
        (machine.Eflow ?? new()).Features.Contains(feature) || (feature == "DpsTpm" && machine.Shape.Tpm);

    /// <summary>Names of those that differ.</summary>
    public static IEnumerable<string> Differing(VirtualMachineSpec machine, IEnumerable<string> noted) => Of(machine).Except(noted).Select(NameOf);

    public static ImmutableArray<MachineChange> Drift(VirtualMachineSpec machine, IEnumerable<string> noted) =>
        [.. Differing(machine, noted).Select(name => new MachineChange($"EFLOW's {name}", NeedsRestart: name == Gpu))];

    private static string NameOf(string line) => line[..line.IndexOf('=')];

    private static string Hash(ImmutableSortedDictionary<string, string> identity) => identity.IsEmpty ? "none"
        : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', identity.Select(pair => $"{pair.Key}\0{pair.Value}")))))[..16];
}
