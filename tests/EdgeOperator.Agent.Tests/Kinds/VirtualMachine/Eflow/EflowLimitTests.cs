using System.Collections.Immutable;
using EdgeOperator.Agent.Kinds.VirtualMachine.Eflow;
using EdgeOperator.Core.Kinds.VirtualMachine;

namespace EdgeOperator.Agent.Tests.Kinds.VirtualMachine.Eflow;

public sealed class EflowLimitTests
{
    private static readonly VirtualMachineSpec Good = new() { Eflow = new() { AcceptEula = true } };

    [Fact]
    public void A_machine_of_defaults_can_be_had() => EflowLimits.Check(Good).Should().BeEmpty();

    [Theory]
    [InlineData(1024, true)]
    [InlineData(1026, true)]
    [InlineData(1025, false)]
    [InlineData(1022, false)]
    public void Memory_is_even_and_at_least_1024_MiB(int megabytes, bool isGood) =>
        EflowLimits.Check(Good with { Shape = new() { Memory = (long)megabytes << 20 } }).Any().Should().Be(!isGood);

    [Theory]
    [InlineData(2L << 30, true)]
    [InlineData(2048L << 30, true)]
    [InlineData(1L << 30, false)]
    [InlineData(2049L << 30, false)]
    [InlineData((10L << 30) + (1 << 20), false)]
    public void The_data_partition_has_2_GiB_to_2_TiB(long bytes, bool isGood) =>
        EflowLimits.Check(Good with { Shape = new() { DiskSize = bytes } }).Any().Should().Be(!isGood);

    [Fact]
    public void The_licence_must_be_accepted() => Problems(new EflowSettings()).Should().Contain("eflow.acceptEula");

    [Theory]
    [InlineData("T4", "ParaVirtualization", 1, true)]
    [InlineData("T4", "ParaVirtualization", 2, false)]
    [InlineData("T4", "DirectDeviceAssignment", 2, true)]
    [InlineData("T4", null, null, false)]
    [InlineData(null, "ParaVirtualization", null, false)]
    [InlineData(null, null, 1, false)]
    public void A_graphics_card_is_named_wholly(string? name, string? passthrough, int? count, bool isGood) =>
        (Problems(new() { AcceptEula = true, GpuName = name, GpuPassthrough = passthrough, GpuCount = count }).Length == 0).Should().Be(isGood);

    [Theory]
    [InlineData("provisioningType=ManualConnectionString devConnString=x", null)]
    [InlineData("provisioningType=DpsTPM scopeId=x", null)]
    [InlineData("provisioningType=DpsTPM scopeId=x registrationId=y globalEndpoint=z", null)]
    [InlineData("provisioningType=DpsX509 scopeId=x identityCertPath=c", "identityPrivKeyPath is missing")]
    [InlineData("provisioningType=ManualX509 iotHubHostname=h deviceId=d identityCertPath=c identityPrivKeyPath=k", null)]
    [InlineData("provisioningType=DpsSymmetricKey scopeId=x symmKey=k", "registrationId is missing")]
    [InlineData("provisioningType=DpsTPM scopeId=x symmKey=k", "symmKey has no meaning")]
    [InlineData("provisioningType=Password", "must be one of")]
    [InlineData("scopeId=x", "must be one of")]
    public void An_identity_has_what_its_type_needs(string identity, string? problem)
    {
        var parameters = identity.Split(' ').Select(pair => pair.Split('=')).ToImmutableSortedDictionary(pair => pair[0], pair => pair[1]);

        var problems = Problems(new() { AcceptEula = true, Identity = parameters });

        if (problem is null)
            problems.Should().BeEmpty();
        else
            problems.Should().Contain(problem);
    }

    [Fact]
    public void What_EFLOW_does_not_have_is_said_all_at_once() => EflowLimits.Check(Good with
    {
        User = "somebody",
        Shape = new()
        {
            Image = new("/image", "00"),
            SharedFolders = [new(@"C:\", "/mnt/c", ReadOnly: false)],
            Network = new() { Mode = MachineNetworkMode.Tap, Address = "fd00::2/64", Forwards = [new("127.0.0.1", 80, 80, "tcp")] },
            Interop = new() { Programs = ImmutableSortedDictionary<string, string>.Empty.Add("cmd.exe", @"C:\cmd.exe") },
        },
        Provisioning = new() { Users = [new("op", [], [], null)] },
        Eflow = new() { AcceptEula = true, Features = ["Magic"], SwitchType = "Internal" },
    }).Should().HaveCount(11);

    private static string Problems(EflowSettings settings) => string.Join('\n', EflowLimits.Check(Good with { Eflow = settings }));
}
