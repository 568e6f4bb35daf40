using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using EdgeOperator.Core.Kinds.VirtualMachine;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Eflow;

/// <summary>
/// What EFLOW 1.4 can't do, or only within limits (azure-docs, "PowerShell functions for IoT Edge for Linux on Windows", and
/// eflowAutoDeploy.ps1 in Azure/iotedge-eflow).
/// </summary>
internal static class EflowLimits
{
    private const long GiB = 1L << 30;

    private static readonly Dictionary<string, string[]> Identities = new(StringComparer.Ordinal)
    {
        ["ManualConnectionString"] = ["devConnString"],
        ["ManualX509"] = ["iotHubHostname", "deviceId", "identityCertPath", "identityPrivKeyPath"],
        ["DpsTPM"] = ["scopeId"],
        ["DpsX509"] = ["scopeId", "identityCertPath", "identityPrivKeyPath"],
        ["DpsSymmetricKey"] = ["scopeId", "registrationId", "symmKey"],
    };

    /// <summary>What else <c>Provision-EflowVm</c> takes.</summary>
    private static readonly string[] Optional = ["provisioningType", "registrationId", "globalEndpoint"];

    /// <returns>A sentence for each problem; none when the machine can be had.</returns>
    public static IEnumerable<string> Check(VirtualMachineSpec machine) =>
        [.. Shape(machine.Shape), .. Network(machine.Shape.Network, machine.Eflow ?? new()), .. Guest(machine), .. Settings(machine.Eflow ?? new()), .. Identity((machine.Eflow ?? new()).Identity)];

    private static IEnumerable<string> Shape(VirtualMachineConfig shape)
    {
        var memory = EflowCommands.MegabytesOf(shape.Memory);
        if (memory < 1024 || memory % 2 != 0)
            yield return $"memory is {memory} MiB, and EFLOW takes an even number of MiB from 1024 on";
        if (shape.DiskSize is < 2 * GiB or > 2048 * GiB)
            yield return "disk.size must be from 2Gi to 2Ti for EFLOW's data partition";
        if (shape.DiskSize % GiB != 0)
            yield return "disk.size must be whole GiB for EFLOW's data partition";
        if (shape.Image is not null)
            yield return "EFLOW brings its own image: remove disk.image";
        foreach (var folder in shape.SharedFolders.Where(folder => EflowCommands.SplitFolder(folder.Host) is null))
            yield return $"{folder.Host} can't be shared, since EFLOW shares folders below a root folder: name a folder below a drive's root";
    }

    private static IEnumerable<string> Network(MachineNetwork network, EflowSettings settings)
    {
        if (network.Mode is MachineNetworkMode.Isolated or MachineNetworkMode.Tap)
            yield return $"EFLOW has no network mode {network.Mode.ToString().ToLowerInvariant()}: use user or bridge";
        if (!network.Forwards.IsEmpty)
            yield return "EFLOW forwards no ports: its machine is reached at its own address";
        if (settings.SwitchType is not null && settings.SwitchName is null && network.Interface is null)
            yield return "eflow.switchType has no meaning without eflow.switchName";
        if (network.Address is null)
            yield break;
        if (network.Gateway is null || settings.SwitchName is null && network.Interface is null)
            yield return "a static address on EFLOW needs network.gateway and a switch (eflow.switchName) as well";
        if (!IPAddress.TryParse(network.Address.Split('/')[0], out var address) || address.AddressFamily != AddressFamily.InterNetwork)
            yield return $"network.address {network.Address} is no IPv4 address, and EFLOW takes no other";
    }

    private static IEnumerable<string> Guest(VirtualMachineSpec machine)
    {
        if (!machine.Provisioning.Users.IsEmpty)
            yield return "EFLOW's machine has the user iotedge-user alone: remove provisioning.users";
        if (machine.User is not ("root" or "iotedge-user"))
            yield return $"EFLOW's machine has no user {machine.User}: use root or iotedge-user";
        if (!machine.Shape.Interop.Programs.IsEmpty)
            yield return "EFLOW's machine can't run programs of the host: remove interop.programs";
    }

    private static IEnumerable<string> Settings(EflowSettings settings)
    {
        if (!settings.AcceptEula)
            yield return "EFLOW can't be deployed before its licence is accepted: read it (https://aka.ms/AzEFLOW-EULA) and set eflow.acceptEula to true";
        if (settings.GpuPassthrough is null != settings.GpuName is null)
            yield return "eflow.gpuName and eflow.gpuPassthrough belong together";
        if (settings.GpuCount is not null && settings.GpuName is null)
            yield return "eflow.gpuCount has no meaning without eflow.gpuName";
        if (settings is { GpuPassthrough: "ParaVirtualization", GpuCount: not (null or 1) })
            yield return string.Create(CultureInfo.InvariantCulture, $"eflow.gpuCount is {settings.GpuCount}, and with ParaVirtualization it must be 1");
        foreach (var feature in settings.Features.Where(feature => !EflowSettingLines.Features.Contains(feature)))
            yield return $"EFLOW has no feature {feature}: it has {string.Join(" and ", EflowSettingLines.Features)}";
    }

    private static IEnumerable<string> Identity(ImmutableSortedDictionary<string, string> identity)
    {
        if (identity.Count == 0)
            yield break;
        if (!identity.TryGetValue("provisioningType", out var type) || !Identities.TryGetValue(type, out var needed))
        {
            yield return $"eflow.identity.provisioningType must be one of {string.Join(", ", Identities.Keys)}";
            yield break;
        }

        foreach (var name in needed.Where(name => !identity.ContainsKey(name)))
            yield return $"eflow.identity.{name} is missing, which {type} needs";
        foreach (var name in identity.Keys.Where(name => !needed.Contains(name) && !Optional.Contains(name)))
            yield return $"eflow.identity.{name} has no meaning with {type}";
    }
}
