using EdgeOperator.Agent.Kinds.VirtualMachine.Eflow;
using EdgeOperator.Agent.Tests.Kinds.VirtualMachine.Windows;
using EdgeOperator.Core.Kinds.VirtualMachine;

namespace EdgeOperator.Agent.Tests.Kinds.VirtualMachine.Eflow;

/// <summary>Scripts as they are given to PowerShell: <c>Cases/eflow/scripts.txt</c>. UPDATE_GOLDEN=1 writes them anew; read the difference.</summary>
public sealed class EflowCommandTests
{
    private static readonly VirtualMachineSpec Plain = new() { Eflow = new() { AcceptEula = true } };

    private static readonly VirtualMachineSpec Full = new()
    {
        Shape = new()
        {
            Cpus = 4,
            Memory = 4L << 30,
            DiskSize = 20L << 30,
            Network = new() { Address = "192.168.7.2/24", Gateway = "192.168.7.1", Dns = ["192.168.7.1", "9.9.9.9"] },
            SharedFolders = [new(@"C:\Shared\It's data", "/mnt/data", ReadOnly: true), new(@"c:\shared\out", "/mnt/out", ReadOnly: false), new(@"D:\logs", "/mnt/logs", ReadOnly: false)],
        },
        Eflow = new()
        {
            AcceptEula = true,
            OptionalTelemetry = true,
            SwitchName = "Factory's switch",
            SwitchType = "External",
            GpuName = "NVIDIA T4",
            GpuPassthrough = "ParaVirtualization",
            LogSize = "Large",
        },
    };

    [Fact]
    public void Scripts_are_the_ones_that_the_cases_expect()
    {
        var identity = new Dictionary<string, string> { ["scopeId"] = "0ne0001", ["registrationId"] = "edge", ["symmKey"] = "a'b==", ["provisioningType"] = "DpsSymmetricKey" };
        (string Name, string Script)[] scripts =
        [
            ("observe", EflowCommands.Observe),
            ("let a key in", EflowCommands.Run(EflowGuest.AdmitLine("ecdsa-sha2-nistp521 AAAA"))),
            ("deploy with what there must be", EflowCommands.Deploy(Plain, null)),
            ("deploy with everything", EflowCommands.Deploy(Full, @"C:\state\sharedFolders.json")),
            ("set", EflowCommands.Set(Full)),
            ("start", EflowCommands.Start),
            ("stop", EflowCommands.Stop),
            ("add a network", EflowCommands.AddNetwork(Full, "Factory's switch")),
            ("dns", EflowCommands.SetDns(["192.168.7.1", "9.9.9.9"])),
            ("feature on", EflowCommands.SetFeature("DpsTpm", enable: true)),
            ("feature off", EflowCommands.SetFeature("Defender", enable: false)),
            ("telemetry", EflowCommands.SetTelemetry(optional: false)),
            ("add shared folders", EflowCommands.AddSharedFolders(@"C:\state\sharedFolders.json")),
            ("get shared folders", EflowCommands.GetSharedFolders(@"C:\Shared")),
            ("remove a shared folder", EflowCommands.RemoveSharedFolder(Full.Shape.SharedFolders[0])),
            ("tpm", EflowCommands.TpmInfo),
            ("provision", EflowCommands.Provision(identity)),
            ("copy", EflowCommands.Push(@"C:\state\provision.sh", "/home/iotedge-user/a b")),
            ("run", EflowCommands.Run("echo 'a b' \"$HOME\"")),
            ("logs", EflowCommands.Logs),
            ("shared folders' file", EflowCommands.SharedFoldersJson(Full.Shape.SharedFolders)),
            ("wrapped", EflowScript.Wrap("$value = 1")),
        ];
        var text = string.Concat(scripts.Select(script => $"### {script.Name}\n{script.Script}\n\n"));

        var expected = Path.Combine(CaseFolder.PathOf("eflow"), "scripts.txt");
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            File.WriteAllText(expected, text);
        text.Should().Be(File.ReadAllText(expected));
    }

    [Theory]
    [InlineData(@"C:\Shared\data", @"C:\Shared", "data")]
    [InlineData("C:/Shared/data/", @"C:\Shared", "data")]
    [InlineData(@"C:\data", @"C:\", "data")]
    [InlineData(@"\\server\share\data", @"\\server\share", "data")]
    public void A_folder_has_a_root_and_a_name(string path, string root, string name) => EflowCommands.SplitFolder(path).Should().Be((root, name));

    [Theory]
    [InlineData(@"C:\")]
    [InlineData("C:")]
    [InlineData(@"\\server")]
    public void A_drive_or_a_server_has_none(string path) => EflowCommands.SplitFolder(path).Should().BeNull();

    [Fact]
    public void No_secret_is_among_the_arguments_of_a_process() =>
        EflowScript.Arguments.Should().OnlyContain(argument => argument.StartsWith('-') || argument.Contains("[Console]::In"));
}
