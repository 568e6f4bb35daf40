using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Core.Tests.Protocol;

public sealed class MachineAccessTests
{
    public static TheoryData<MachineAccess> Ways => new()
    {
        new MachineAccess { Name = "edge", User = "root", SshConfig = "/c", ControlSocket = "/s", SharedFolders = [new("/srv", "/mnt", ReadOnly: true)], HostUser = "op", GuestUsers = ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty.Add("df", ["app", "root"]) },
        new MachineAccess { Name = "tools", User = "op", Distribution = "Tools", Program = @"C:\wsl.exe", Interop = true, Env = ["A/p"] },
        new MachineAccess { Name = "eflow", User = "root", SshConfig = @"C:\state\config", SignIn = "iotedge-user" },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public void What_is_written_is_read_again(MachineAccess access) =>
        MachineAccess.Parse(JsonSerializer.SerializeToUtf8Bytes(access, AccessJson.Default.MachineAccess)).Should().BeEquivalentTo(access);

    [Fact]
    public void A_file_of_before_is_a_machine_of_QEMU()
    {
        var access = MachineAccess.Parse("""{"name":"edge","sshConfig":"/c","controlSocket":"/s","user":"root","programs":{"uname":"/bin/uname"}}"""u8.ToArray());

        access.Should().Match<MachineAccess>(a => a.ControlSocket == "/s" && !a.IsOnWindows && a.Distribution == null && a.Programs["uname"] == "/bin/uname");
        access.Paths().ToGuest(@"C:\x").Should().BeNull();
    }

    [Theory]
    [InlineData("""{"name":"edge","sshConfig":"/c","user":"root"}""")]
    [InlineData("""{"name":"edge","controlSocket":"/s","user":"root"}""")]
    [InlineData("""{"name":"edge","signIn":"op","user":"root"}""")]
    [InlineData("""{"distribution":"edge","user":"root"}""")]
    [InlineData("[]")]
    public void A_file_that_names_no_way_in_is_damaged(string content) =>
        FluentActions.Invoking(() => MachineAccess.Parse(Encoding.UTF8.GetBytes(content))).Should().Throw<JsonException>();
}
