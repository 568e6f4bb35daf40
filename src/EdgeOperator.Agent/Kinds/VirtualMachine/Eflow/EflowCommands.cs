using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using EdgeOperator.Agent.Kinds.VirtualMachine.Windows;
using EdgeOperator.Core.Kinds.VirtualMachine;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Eflow;

/// <summary>
/// The statements that EFLOW is asked with: cmdlets of the module AzureEFLOW and their parameters as in azure-docs, "PowerShell
/// functions for IoT Edge for Linux on Windows" (1.4 LTS).
/// </summary>
internal static class EflowCommands
{
    private const string Import = "Import-Module AzureEFLOW";

    /// <summary>
    /// Everything that must be known, in one call: which of the module, the machine and its guest are there. The guest is asked
    /// only while the machine runs, for nothing here may start it.
    /// </summary>
    public static string Observe => Script(
        "$value = @{ installed = [bool](Get-Module -ListAvailable -Name AzureEFLOW) }",
        "if ($value.installed) {",
        Import,
        "$value.deployed = [bool](Verify-EflowVm)",
        "$value.host = Get-EflowHostConfiguration",
        "if ($value.deployed) {",
        "$value.vm = Get-EflowVm",
        "if (\"$($value.vm.VmPowerState)\" -eq 'Running') {",
        "$value.address = @(Get-EflowVmAddr | ForEach-Object { \"$_\" })",
        "$value.report = @(" + Invoke($"{ReportScript.Line(EflowGuest.Folder)}; {EflowGuest.HostKeysLine}", ignoreError: true) + " | ForEach-Object { \"$_\" })",
        "} } }");

    public static string Start => Script(Import, "Start-EflowVm | Out-Null");

    public static string Stop => Script(Import, "Stop-EflowVm | Out-Null");

    /// <summary>Bundles EFLOW's own logs; the answer is what the cmdlet returned, a zip file's path.</summary>
    public static string Logs => Script(Import, "$value = \"$(@(Get-EflowLogs)[-1])\"");

    /// <summary>The endorsement key and the registration id, as lines: it returns them so, whatever its reference says (Azure/iotedge-eflow, issue 69).</summary>
    public static string TpmInfo => Script(Import, "$value = @(Get-EflowVmTpmProvisioningInfo | ForEach-Object { \"$_\" })");

    /// <summary>Either vmDiskSize or vmDataSize may be given, so the size is the data partition's, in GB.</summary>
    /// <param name="sharedFolders">A file with <see cref="SharedFoldersJson"/>; null when nothing is shared.</param>
    public static string Deploy(VirtualMachineSpec machine, string? sharedFolders)
    {
        var (shape, settings) = (machine.Shape, machine.Eflow ?? new());
        var network = shape.Network;
        var address = network.Address?.Split('/');
        return Script(Import, Checked(PowerShellText.Call(
            "Deploy-Eflow",
            ("acceptEula", YesOrNo(settings.AcceptEula)),
            ("acceptOptionalTelemetry", YesOrNo(settings.OptionalTelemetry)),
            ("cpuCount", shape.Cpus),
            ("memoryInMB", MegabytesOf(shape.Memory)),
            ("vmDataSize", shape.DiskSize >> 30),
            ("vmLogSize", settings.LogSize),
            ("vswitchName", SwitchOf(machine)),
            ("vswitchType", SwitchOf(machine) is null ? null : settings.SwitchType ?? "External"),
            ("ip4Address", address?[0]),
            ("ip4PrefixLength", address is [_, var length] ? int.Parse(length, CultureInfo.InvariantCulture) : null),
            ("ip4GatewayAddress", address is null ? null : network.Gateway),
            ("gpuName", settings.GpuName),
            ("gpuPassthroughType", settings.GpuPassthrough),
            ("gpuCount", settings.GpuName is null ? null : settings.GpuCount ?? 1),
            ("sharedFoldersJsonPath", sharedFolders))));
    }

    /// <summary>Processors, memory and GPU. The machine must run, since EFLOW refuses to change one that is off (Azure/iotedge-eflow, issue 274).</summary>
    public static string Set(VirtualMachineSpec machine)
    {
        var settings = machine.Eflow ?? new();
        return Script(
            Import,
            "Start-EflowVm | Out-Null",
            PowerShellText.Call(
                "Set-EflowVM",
                ("cpuCount", machine.Shape.Cpus),
                ("memoryInMB", MegabytesOf(machine.Shape.Memory)),
                ("gpuName", settings.GpuName),
                ("gpuPassthroughType", settings.GpuPassthrough),
                ("gpuCount", settings.GpuName is null ? null : settings.GpuCount ?? 1),
                ("headless", true)) + " | Out-Null",
            "Start-EflowVm | Out-Null");
    }

    /// <summary>Attaches the machine to a switch that exists, unless it is there already.</summary>
    public static string AddNetwork(VirtualMachineSpec machine, string switchName)
    {
        var address = machine.Shape.Network.Address?.Split('/');
        return Script(
            Import,
            $"if (-not (@(Get-EflowNetwork) | Where-Object {{ $_.Name -eq {PowerShellText.Quote(switchName)} }})) {{ "
                + PowerShellText.Call("Add-EflowNetwork", ("vswitchName", switchName), ("vswitchType", machine.Eflow?.SwitchType ?? "External")) + " | Out-Null }",
            $"if (-not (@({PowerShellText.Call("Get-EflowVmEndpoint", ("vswitchName", switchName))}))) {{ "
                + PowerShellText.Call(
                    "Add-EflowVmEndpoint",
                    ("vswitchName", switchName),
                    ("vendpointName", switchName + "-endpoint"),
                    ("ip4Address", address?[0]),
                    ("ip4PrefixLength", address is [_, var length] ? int.Parse(length, CultureInfo.InvariantCulture) : null),
                    ("ip4GatewayAddress", address is null ? null : machine.Shape.Network.Gateway)) + " | Out-Null }");
    }

    /// <summary>Of the endpoint that the machine was deployed with, which is the first.</summary>
    public static string SetDns(IEnumerable<string> servers) => Script(
        Import,
        $"Set-EflowVmDNSServers -vendpointName (@(Get-EflowVmEndpoint)[0].Name) -dnsServers {PowerShellText.List(servers)} | Out-Null");

    /// <summary>An absent switch turns a feature off.</summary>
    public static string SetFeature(string feature, bool enable) =>
        Script(Import, PowerShellText.Call("Set-EflowVmFeature", ("feature", feature), ("enable", enable)) + " | Out-Null");

    public static string SetTelemetry(bool optional) =>
        Script(Import, PowerShellText.Call("Set-EflowVmTelemetryOption", ("optionalTelemetry", optional ? "True" : "False")) + " | Out-Null");

    public static string AddSharedFolders(string file) =>
        Script(Import, PowerShellText.Call("Add-EflowVmSharedFolder", ("sharedFoldersJsonPath", file)) + " | Out-Null");

    /// <summary>The answer is the names of the folders that are shared below a root.</summary>
    public static string GetSharedFolders(string root) =>
        Script(Import, $"$value = @({PowerShellText.Call("Get-EflowVmSharedFolder", ("sharedfolderRoot", root))} | ForEach-Object {{ \"$($_.hostFolderPath)\" }})");

    public static string RemoveSharedFolder(SharedFolder folder)
    {
        var (root, name) = SplitFolder(folder.Host)!.Value;
        return Script(Import, PowerShellText.Call("Remove-EflowVmSharedFolder", ("sharedfolderRoot", root), ("hostFolderPath", name)) + " | Out-Null");
    }

    /// <summary>Connects the IoT Edge runtime to its hub.</summary>
    /// <param name="identity">Parameters by their names; secrets among them, which so are in the script alone.</param>
    public static string Provision(IReadOnlyDictionary<string, string> identity) => Script(
        Import,
        Checked(PowerShellText.Call("Provision-EflowVm", [.. identity.OrderBy(p => p.Key != "provisioningType").Select(p => (p.Key, (object?)p.Value))])));

    /// <summary>Copies a file of the host's into the guest, as iotedge-user, who must be allowed to write there.</summary>
    public static string Push(string file, string guestPath) =>
        Script(Import, PowerShellText.Call("Copy-EflowVmFile", ("fromFile", file), ("toFile", guestPath), ("pushFile", true)) + " | Out-Null");

    /// <summary>Runs one line of <c>sh</c> in the guest; it must end by itself. The answer is its output, in lines.</summary>
    public static string Run(string line) => Script(Import, $"$value = @({Invoke(line, ignoreError: false)} | ForEach-Object {{ \"$_\" }})");

    /// <summary>
    /// The file that <c>sharedFoldersJsonPath</c> names. EFLOW shares folders below a root folder, so each one's parent is its root.
    /// </summary>
    public static string SharedFoldersJson(IEnumerable<SharedFolder> folders) => new JsonArray([.. folders
        .Select(folder => (Folder: folder, Place: SplitFolder(folder.Host)!.Value))
        .GroupBy(shared => shared.Place.Root, StringComparer.OrdinalIgnoreCase)
        .Select(root => (JsonNode)new JsonObject
        {
            ["sharedFolderRoot"] = root.Key,
            ["sharedFolders"] = new JsonArray([.. root.Select(shared => (JsonNode)new JsonObject
            {
                ["hostFolderPath"] = shared.Place.Name,
                ["readOnly"] = shared.Folder.ReadOnly,
                ["targetFolderOnGuest"] = shared.Folder.Guest,
            })]),
        })]).ToJsonString();

    public static int MegabytesOf(long bytes) => (int)(bytes >> 20);

    public static string? SwitchOf(VirtualMachineSpec machine) => machine.Eflow?.SwitchName ?? machine.Shape.Network.Interface;

    /// <summary>A Windows path's parent and name; null for a drive or a share as a whole.</summary>
    public static (string Root, string Name)? SplitFolder(string path)
    {
        path = path.Replace('/', '\\').TrimEnd('\\');
        var at = path.LastIndexOf('\\');
        if (at < 0 || at == path.Length - 1)
            return null;
        var root = path[..at];
        return root.EndsWith(':') ? (root + '\\', path[(at + 1)..]) : root.Trim('\\').Length == 0 ? null : (root, path[(at + 1)..]);
    }

    // As Base64: the cmdlet hands the line to ssh.exe, and Windows PowerShell loses double quotes on the way to a program.
    private static string Invoke(string line, bool ignoreError) => PowerShellText.Call(
        "Invoke-EflowVmCommand", ("command", $"echo {Convert.ToBase64String(Encoding.UTF8.GetBytes(line))} | base64 -d | sh"), ("ignoreError", ignoreError));

    // Deploy-Eflow and Provision-EflowVm return OK, or what went wrong (eflowAutoDeploy.ps1).
    private static string Checked(string call) => $"$value = \"$(@({call})[-1])\"; if ($value -ne 'OK') {{ throw $value }}";

    private static string YesOrNo(bool yes) => yes ? "Yes" : "No";

    private static string Script(params string[] statements) => string.Join('\n', statements);
}
