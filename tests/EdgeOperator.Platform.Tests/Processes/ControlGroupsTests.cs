using EdgeOperator.Platform.Processes;
using EdgeOperator.Testing;

namespace EdgeOperator.Platform.Tests.Processes;

/// <summary>On a folder that looks like the kernel's.</summary>
public sealed class ControlGroupsTests : IDisposable
{
    private readonly TempFolder _root = new();

    public ControlGroupsTests()
    {
        _root.Write("cgroup.controllers", "cpu memory");
        _root.Write("system.slice/edgeop.service/cgroup.subtree_control", "");
    }

    public void Dispose() => _root.Dispose();

    [Fact]
    public void Limits_are_written_beside_the_agents_own_group()
    {
        var group = Groups("0::/system.slice/edgeop.service/agent").Prepare("app-orders", 500_000_000, 1 << 20)!;

        group.Should().Be(Path.Combine(_root, "system.slice/edgeop.service/app-orders"));
        File.ReadAllText(Path.Combine(group, "cpu.max")).Should().Be("50000 100000");
        File.ReadAllText(Path.Combine(group, "memory.max")).Should().Be("1048576");
        File.ReadAllText(Path.Combine(_root, "system.slice/edgeop.service/cgroup.subtree_control")).Should().Be("+cpu +memory +pids");
    }

    [Fact]
    public void What_is_not_limited_is_said_to_be_so()
    {
        var group = Groups("0::/system.slice/edgeop.service/agent").Prepare("app-orders", null, null)!;

        File.ReadAllText(Path.Combine(group, "cpu.max")).Should().Be("max 100000");
        File.ReadAllText(Path.Combine(group, "memory.max")).Should().Be("max");
    }

    [Theory]
    [InlineData("0::/system.slice/edgeop.service")]
    [InlineData("4:memory:/x")]
    [InlineData("0::/nowhere/agent/inside")]
    public void There_are_no_limits_where_the_agents_group_was_not_handed_over(string own) =>
        Groups(own).Prepare("app-orders", 500_000_000, null).Should().BeNull();

    private ControlGroups Groups(string own) => new(_root, _root.Write("self", own + "\n"));
}
