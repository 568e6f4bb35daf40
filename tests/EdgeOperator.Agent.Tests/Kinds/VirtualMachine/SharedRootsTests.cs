using EdgeOperator.Agent.Kinds.VirtualMachine;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Testing;

namespace EdgeOperator.Agent.Tests.Kinds.VirtualMachine;

public sealed class SharedRootsTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _root;

    public SharedRootsTests() => _root = Directory.CreateDirectory(_folder.File("shared")).FullName;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Folders_at_and_below_a_root_may_be_shared_whether_they_are_there_or_not()
    {
        Directory.CreateDirectory(Path.Combine(_root, "a"));

        Refusal(_root, Path.Combine(_root, "a"), Path.Combine(_root, "to", "come")).Should().BeNull();
    }

    [Fact]
    public void A_folder_outside_is_refused_and_the_setting_is_named() =>
        Refusal(_root, _root + "-other").Should().Be(
            $"the folder {_root}-other can't be shared: {_root}-other, which is not below a shared root ({_root}); see virtualMachines.sharedRoots in the agent's configuration");

    [Fact]
    public void A_link_that_leads_outside_is_refused()
    {
        var link = Path.Combine(_root, "link");
        Directory.CreateSymbolicLink(link, Directory.CreateDirectory(_folder.File("secret")).FullName);

        Refusal(link).Should().Contain($"it is really {_folder.File("secret")}");
        Refusal(Path.Combine(link, "below")).Should().Contain("it is really");
    }

    [Theory]
    [InlineData("shared")]
    [InlineData("shared/state")]
    [InlineData("shared/state/vms")]
    public void The_agents_own_folder_is_never_shown_to_a_guest(string shared)
    {
        Directory.CreateDirectory(_folder.File("shared/state/vms"));

        Refusal(new SharedRoots(new() { SharedRoots = [_root] }, _folder.File("shared/state")), _folder.File(shared)).Should().Contain("the agent's own folder");
    }

    [Fact]
    public void What_is_no_folder_is_refused() => Refusal(_folder.Write("shared/file", "x")).Should().NotBeNull();

    private string? Refusal(params string[] folders) => Refusal(new SharedRoots(new() { SharedRoots = [_root] }, _folder.File("state")), folders);

    private static string? Refusal(SharedRoots roots, params string[] folders) => roots.Refusal(folders.Select(host => new SharedFolder(host, "/mnt/x", ReadOnly: true)));
}
