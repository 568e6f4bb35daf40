using System.Collections.Immutable;
using EdgeOperator.Agent.Kinds.ConfigFile;
using EdgeOperator.Core.Planning;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Kinds.ConfigFile;

public sealed class RefusalTests : FileFixture
{
    [Theory]
    [InlineData("/allowed-not/f", "is not below an allowed root")]
    [InlineData("/f", "is not below an allowed root")]
    [InlineData("/allowed/../f", "not a plain absolute path")]
    [InlineData("/allowed/./f", "not a plain absolute path")]
    [InlineData("/allowed//f", "not a plain absolute path")]
    [InlineData("/allowed/f/", "not a plain absolute path")]
    [InlineData("/allowed", "is not below an allowed root")]
    [InlineData("/allowed/f\0", "not a plain absolute path")]
    public async Task A_path_that_is_not_plainly_below_an_allowed_root_is_refused(string path, string why) =>
        await RefusedAsync(Folder + path, why);

    [Fact]
    public async Task A_relative_path_is_refused() => await RefusedAsync("allowed/f", "not a plain absolute path");

    [Fact]
    public async Task A_folder_that_leads_out_of_the_roots_by_a_symlink_is_refused()
    {
        var outside = Directory.CreateDirectory(Path.Combine(Folder, "outside")).FullName;
        Directory.CreateSymbolicLink(At("link"), outside);

        await RefusedAsync(At("link/f"), $"its folder is really {outside}");
        await RefusedAsync(At("link/deeper/f"), $"its folder is really {outside}/deeper");

        Directory.GetFileSystemEntries(outside).Should().BeEmpty();
    }

    [Fact]
    public async Task A_folder_that_a_symlink_leads_to_inside_the_roots_is_accepted()
    {
        Directory.CreateDirectory(At("real"));
        Directory.CreateSymbolicLink(At("link"), At("real"));

        await WrittenAsync(ConfigFile(At("link/f")));

        File.Exists(At("real/f")).Should().BeTrue();
    }

    [Fact]
    public async Task An_allowed_root_may_itself_be_a_symlink()
    {
        var root = Path.Combine(Folder, "root-link");
        Directory.CreateSymbolicLink(root, Root);
        Restart(roots: root);

        await WrittenAsync(ConfigFile(Path.Combine(root, "f")));

        File.Exists(At("f")).Should().BeTrue();
    }

    [Fact]
    public async Task A_symlink_at_the_path_is_refused_and_not_followed()
    {
        var victim = Folder.Write("victim", "untouched");
        File.CreateSymbolicLink(At("f"), victim);

        await RefusedAsync(At("f"), $"it is a symlink to {victim}");

        (await File.ReadAllTextAsync(victim)).Should().Be("untouched");
    }

    [Fact]
    public async Task A_folder_at_the_path_is_refused()
    {
        Directory.CreateDirectory(At("f"));

        await RefusedAsync(At("f"), "it is a folder");
    }

    [Fact]
    public async Task A_file_in_the_place_of_a_folder_is_refused()
    {
        await File.WriteAllTextAsync(At("file"), "");

        await RefusedAsync(At("file/f"), "Not a directory");
    }

    [Fact]
    public async Task A_pipe_is_refused_without_waiting_for_its_other_end()
    {
        await Shell.RunAsync("mkfifo", At("f"));

        await RefusedAsync(At("f"), "a pipe");
    }

    [Fact]
    public async Task A_socket_is_refused()
    {
        using var socket = new System.Net.Sockets.Socket(
            System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
        socket.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(At("f")));

        await RefusedAsync(At("f"), "a socket");
    }

    [Fact]
    public async Task The_agents_own_state_is_refused_also_by_a_detour()
    {
        Restart(roots: Folder.Path);
        Directory.CreateSymbolicLink(At("link"), State);

        await RefusedAsync(Path.Combine(State, "ledger.json"), "the agent keeps for itself");
        await RefusedAsync(Path.Combine(State, "new/f"), "the agent keeps for itself");
        await RefusedAsync(At("link/ledger.json"), "the agent keeps for itself");
    }

    [Fact]
    public async Task A_written_file_that_has_become_something_else_is_not_restored_over()
    {
        await WrittenAsync(ConfigFile(At("f")));
        File.Delete(At("f"));
        var victim = Folder.Write("victim", "untouched");
        File.CreateSymbolicLink(At("f"), victim);

        (await RestoreAsync(At("f"))).Should().BeOfType<StepOutcome.Terminal>();

        (await File.ReadAllTextAsync(victim)).Should().Be("untouched");
        new FileInfo(At("f")).LinkTarget.Should().Be(victim);
    }

    [Fact]
    public async Task The_agents_own_keys_are_not_written_under_any_of_their_names()
    {
        var real = Folder.Write("allowed/keys/signers", "alice");
        File.CreateSymbolicLink(At("linked"), real);
        Directory.CreateSymbolicLink(At("folder"), Path.GetDirectoryName(real)!);
        ProtectedFiles = [At("linked"), At("to/come")];
        Restart();

        foreach (var path in (string[])[At("linked"), real, At("folder/signers"), At("to/come")])
            await RefusedAsync(path, "the agent's own configuration");

        (await File.ReadAllTextAsync(real)).Should().Be("alice");
        await WrittenAsync(ConfigFile(At("keys/others")));
    }

    [Fact]
    public async Task Every_link_on_the_way_to_the_agents_own_file_is_its_own()
    {
        var real = Folder.Write("allowed/real", "alice");
        File.CreateSymbolicLink(At("middle"), real);
        File.CreateSymbolicLink(At("configured"), At("middle"));
        ProtectedFiles = [At("configured")];
        Restart();

        foreach (var name in (string[])["configured", "middle", "real"])
            await RefusedAsync(At(name), "the agent's own configuration");
    }

    [Theory]
    [InlineData("apps/web/app.json")]
    [InlineData("apps")]
    [InlineData("machines/box/disk.qcow2")]
    [InlineData("machines")]
    [InlineData("units/edgeop.service.d/local.conf")]
    [InlineData("linked/web/app.json")]
    [InlineData("socket/edgeop.sock")]
    [InlineData("socket")]
    [InlineData("bin/edgeop")]
    public async Task What_the_agent_keeps_and_lives_on_is_refused(string path)
    {
        Directory.CreateDirectory(At("apps/web"));
        Directory.CreateSymbolicLink(At("linked"), At("apps"));
        Own = new([At("socket/edgeop.sock"), At("bin/edgeop")], [At("apps"), At("machines"), At("units/edgeop.service.d")]);
        Restart();

        await RefusedAsync(At(path), "the agent");
        await WrittenAsync(ConfigFile(At("units/other.service")));
    }

    [Fact]
    public void What_an_agent_keeps_follows_from_its_configuration()
    {
        var own = OwnPaths.Of(new()
        {
            Device = new("d", ImmutableSortedDictionary<string, string>.Empty, ImmutableSortedDictionary<string, string>.Empty),
            StateDirectory = "/srv/state",
            Api = new() { Socket = "/srv/api.sock" },
            Functions = new() { Host = "/opt/functions" },
            VirtualMachines = new() { Directory = "/srv/machines" },
            Engine = new() { Socket = "unix:///srv/docker.sock" },
        });

        own.Files.Should().Contain(["/srv/api.sock", "/opt/functions", "/srv/docker.sock", "/etc/systemd/system/edgeop.service"]);
        own.Folders.Should().Contain(["/srv/state", "/srv/state-apps", "/srv/machines", "/etc/systemd/system/edgeop.service.d"]);
    }

    private async Task RefusedAsync(string path, string why)
    {
        var file = ConfigFile(path);

        (await ObserveAsync(file)).Refused.Should().NotBeNull().And.Contain(why);
        (await WriteAsync(file)).Should().BeOfType<StepOutcome.Terminal>().Which.Reason.Should().Be(nameof(BlockedReason.PathRefused));
    }
}
