using System.Collections.Immutable;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using EdgeOperator.Agent.Kinds.VirtualMachine.Tunnel;
using EdgeOperator.Core.Interop;
using EdgeOperator.Platform.Processes;

namespace EdgeOperator.IntegrationTests.Kinds.VirtualMachine;

/// <summary>The host's side of a guest's calls: whatever a guest sends, nothing runs but what the manifest allows.</summary>
[SupportedOSPlatform("linux")]
public sealed class HostProgramTests : IAsyncLifetime
{
    private LoopbackGuest _guest = null!;
    private string _shared = "";

    public async Task InitializeAsync()
    {
        _guest = await LoopbackGuest.StartAsync();
        _shared = Path.GetDirectoryName(_guest.State.File("shared/x"))!;
    }

    public async Task DisposeAsync() => await _guest.DisposeAsync();

    [Fact]
    public async Task A_program_gets_its_arguments_its_input_and_gives_its_output_complaints_and_exit_code()
    {
        var caller = await CallerAsync(("tool", _guest.State.Write("tool", "#!/bin/sh\nprintf '%s\\0' \"$@\"; cat; echo oops >&2; exit 7\n")));
        string[] hostile = ["", "two words", "a'b\"c", "line\nbreak", "$(id)", "`id`", "-n", "--", "*", "ünï 漢"];

        var run = await caller.CallAsync(new HostCall("/", null, [], "tool.exe", [.. hostile]), "input"u8.ToArray());

        run.Output.Should().Be(string.Concat(hostile.Select(h => h + "\0")) + "input");
        (run.Errors, run.Code).Should().Be(("oops\n", 7));
    }

    [Fact]
    public async Task Large_data_pass_unchanged_both_ways()
    {
        var caller = await CallerAsync(("cat", "/bin/cat"));
        var bytes = RandomNumberGenerator.GetBytes(30_000_000);

        var run = await caller.CallAsync(new HostCall("/", null, [], "cat.exe", []), bytes);

        SHA256.HashData(run.Bytes).Should().Equal(SHA256.HashData(bytes));
    }

    [Fact]
    public async Task A_program_that_a_signal_ends_says_so_by_its_exit_code_and_a_broken_pipe_ends_it()
    {
        var caller = await CallerAsync(("sh", "/bin/sh"));

        (await caller.CallAsync("sh.exe", "-c", "kill -KILL $$")).Code.Should().Be(137);
        (await caller.CallAsync("sh.exe", "-c", "sh -c 'kill -PIPE $$'; echo $?")).Output.Should().Be("141\n");
    }

    [Theory]
    [InlineData("id.exe")]
    [InlineData("/bin/id")]
    [InlineData("../../bin/id")]
    [InlineData("TOOL.EXE")]
    [InlineData("tool.exe; id")]
    public async Task A_program_that_is_not_listed_is_refused(string program)
    {
        var caller = await CallerAsync(("tool", "/bin/true"));

        var run = await caller.CallAsync(program);

        (run.Code, run.Output).Should().Be((127, ""));
        run.Errors.Should().Contain("not among interop.programs of VirtualMachine/m");
    }

    [Theory]
    [InlineData("id")]
    [InlineData("tool.exe")]
    [InlineData("'/' '' -- 'tool.exe' ; id")]
    [InlineData("'/' '' -- tool.exe $(id)")]
    [InlineData("'/' '' 'LD_PRELOAD' -- tool.exe")]
    public async Task What_is_not_a_call_is_refused(string line)
    {
        var caller = await CallerAsync(("tool", "/bin/true"));

        var run = await caller.RunAsync(new SshTunnelFolder(_guest.Folder).CallerKey, [], line);

        (run.Code, run.Output).Should().Be((126, ""));
        run.Errors.Should().Contain("the host runs single programs only");
    }

    [Fact]
    public async Task Neither_another_key_nor_a_forward_nor_a_subsystem_gets_through()
    {
        var caller = await CallerAsync(("tool", "/bin/true"));
        var folder = new SshTunnelFolder(_guest.Folder);

        (await caller.RunAsync(folder.ClientKey, [], "true")).Errors.Should().Contain("Permission denied");
        (await caller.RunAsync(folder.CallerKey, [], "-W", "127.0.0.1:22", "x")).Code.Should().NotBe(0);
        (await caller.RunAsync(folder.CallerKey, [], "-s", "sftp")).Code.Should().NotBe(0);
    }

    [Fact]
    public async Task The_working_directory_is_the_hosts_of_a_shared_folder_and_otherwise_where_the_session_began()
    {
        var caller = await CallerAsync(("pwd", "/bin/pwd"));
        Directory.CreateDirectory(_shared + "/deep er");

        async Task<string> From(string directory, string? started) => (await caller.CallAsync(new HostCall(directory, started, [], "pwd.exe", []))).Output.TrimEnd();

        (await From("/mnt/shared/deep er", null)).Should().Be(_shared + "/deep er");
        (await From("/home", _shared + "/deep er")).Should().Be(_shared + "/deep er");
        (await From("/home", "/etc")).Should().Be("/", "the guest can't see it, and so was not started there");
        (await From("/home", null)).Should().Be("/");
        (await From("/mnt/shared/missing", null)).Should().Be("/");
        (await From("/mnt/shared/../../etc", null)).Should().Be("/");
    }

    [Fact]
    public async Task A_link_that_leads_out_of_the_shared_folder_is_refused()
    {
        var caller = await CallerAsync(("pwd", "/bin/pwd"));
        File.CreateSymbolicLink(_shared + "/out", "/etc");
        Directory.CreateDirectory(_shared + "/real");
        File.CreateSymbolicLink(_shared + "/in", "real");

        var run = await caller.CallAsync(new HostCall("/mnt/shared/out", null, [], "pwd.exe", []));

        (run.Code, run.Output).Should().Be((126, ""));
        run.Errors.Should().Contain("/mnt/shared/out leads out of the shared folder");
        (await caller.CallAsync(new HostCall("/mnt/shared/in", null, [], "pwd.exe", []))).Output.Should().Be(_shared + "/real\n");
    }

    [Fact]
    public async Task Of_the_guests_variables_only_those_that_the_manifest_shares_cross()
    {
        var caller = await CallerAsync(["NAME", "PLACE/p", "ONLY_TO_GUEST/u", "UNSET"], ("env", "/usr/bin/env"));
        var variables = ImmutableDictionary.CreateRange(new KeyValuePair<string, string>[]
        {
            new("WSLENV", "LD_PRELOAD:NAME:PLACE/p:PATH"), new("NAME", "a value"), new("PLACE", "/mnt/shared/file"), new("ONLY_TO_GUEST", "no"),
            new("LD_PRELOAD", "/mnt/shared/evil.so"), new("PATH", "/mnt/shared"),
        });

        var run = await caller.CallAsync(new HostCall("/", null, variables, "env.exe", []));

        run.Output.Split('\n').Should().Contain(["NAME=a value", $"PLACE={_shared}/file", "UNSET="])
            .And.NotContain(l => l.StartsWith("LD_PRELOAD") || l.StartsWith("ONLY_TO_GUEST") || l.StartsWith("SSH_"))
            .And.Contain(l => l.StartsWith("PATH=") && !l.Contains("shared"));
    }

    [Fact]
    public async Task A_guest_of_an_older_image_has_its_variables_in_the_line()
    {
        var caller = await CallerAsync(["NAME"], ("env", "/usr/bin/env"));

        var run = await caller.RunAsync(new SshTunnelFolder(_guest.Folder).CallerKey, [], "'/' '' 'NAME=a value' -- 'env.exe'");

        run.Output.Should().Contain("NAME=a value\n").And.NotContain(HostCall.PassedName);
    }

    [Fact]
    public async Task Programs_run_without_privileges_where_the_manifest_names_nobody()
    {
        var target = Target(("cat", "/bin/cat"), ("id", "/usr/bin/id"));
        var caller = await HostCaller.ForAsync(_guest, target with { Interop = target.Interop with { User = null } });

        (await caller.CallAsync("id.exe")).Output.Should().Contain("(nobody)").And.NotContain("root");
        var shadow = await caller.CallAsync("cat.exe", "/etc/shadow");
        (shadow.Output, shadow.Errors).Should().Be(("", "/bin/cat: /etc/shadow: Permission denied\n"));
        (await caller.CallAsync("cat.exe", $"{_guest.Folder}/keys/client")).Output.Should().BeEmpty();
    }

    [Fact]
    public async Task A_program_for_some_users_of_the_guest_is_run_for_the_key_of_one_of_them_alone()
    {
        var target = Target(("true", "/bin/true"), ("id", "/usr/bin/id"), ("env", "/usr/bin/env"));
        var caller = await HostCaller.ForAsync(_guest, target with { Interop = target.Interop with { GuestUsers = ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty.Add("id", ["anna"]).Add("env", ["bert"]) } });
        var folder = new SshTunnelFolder(_guest.Folder);
        string Call(string program) => new HostCall("/", null, [], program, []).ToString();

        var everybody = await caller.CallAsync("id.exe");
        (everybody.Code, everybody.Output).Should().Be((126, ""));
        everybody.Errors.Should().Contain("id.exe: this user is not among interop.guestUsers.id of VirtualMachine/m");
        (await caller.RunAsync(folder.CallerKeyOf("anna"), [], Call("id.exe"))).Code.Should().Be(0);
        (await caller.RunAsync(folder.CallerKeyOf("anna"), [], Call("true.exe"))).Code.Should().Be(0);
        (await caller.RunAsync(folder.CallerKeyOf("bert"), [], Call("id.exe"))).Code.Should().Be(126);
        (await caller.RunAsync(folder.CallerKeyOf("bert"), [], Call("env.exe"))).Output.Should().Contain("PATH=").And.NotContain("EDGEOP_");
        (await caller.RunAsync(folder.CallerKey, [], "-o", "SetEnv=EDGEOP_GUEST_USER=anna", Call("id.exe"))).Code.Should().Be(126, "who it is, is the key's to say");

        await HostCaller.ForAsync(_guest, target with { Interop = target.Interop with { GuestUsers = ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty.Add("id", ["bert"]) } });
        (await caller.RunAsync(folder.CallerKeyOf("anna"), [], Call("true.exe"))).Errors.Should().Contain("Permission denied");
    }

    [Fact]
    public async Task Programs_run_as_the_user_that_the_manifest_names_with_that_users_groups_alone()
    {
        var target = Target(("id", "/usr/bin/id"), ("env", "/usr/bin/env"));
        var caller = await HostCaller.ForAsync(_guest, target with { Interop = target.Interop with { User = "nobody" } });

        (await caller.CallAsync("id.exe", "-un")).Output.Should().Be("nobody\n");
        (await caller.CallAsync("id.exe", "-Gn")).Output.Should().Be("nogroup\n");
        (await caller.CallAsync("env.exe")).Output.Should().Contain("USER=nobody\n").And.NotContain("HOME=/root\n");
    }

    [Fact]
    public async Task A_program_that_is_taken_from_the_manifest_can_be_called_no_more()
    {
        var caller = await CallerAsync(("true", "/bin/true"), ("id", "/bin/id"));
        (await caller.CallAsync("id.exe")).Code.Should().Be(0);

        await CallerAsync(("true", "/bin/true"));

        (await caller.CallAsync("id.exe")).Code.Should().Be(127);
        (await caller.CallAsync("true.exe")).Code.Should().Be(0);
    }

    [Fact]
    public async Task Without_interop_nobody_listens()
    {
        var target = Target(("true", "/bin/true"));
        await HostCaller.ForAsync(_guest, target);

        await HostCaller.ForAsync(_guest, target with { Interop = target.Interop with { Enabled = false } });

        File.Exists(_guest.Folder + "/bridge/host.sock").Should().BeFalse();
        _guest.Supervisor.Find(_guest.Folder + "/bridge/host").Should().BeNull();
    }

    [Fact]
    public async Task What_listens_for_the_guest_outlives_the_agent()
    {
        await CallerAsync(("true", "/bin/true"));
        var process = _guest.Supervisor.Find(_guest.Folder + "/bridge/host");

        var next = new ProcessSupervisor(TimeProvider.System);
        await _guest.Tunnel(next).OpenAsync(Target(("true", "/bin/true")), default);

        next.Find(_guest.Folder + "/bridge/host").Should().Be(process);
    }

    [Fact]
    public async Task A_call_may_have_a_terminal()
    {
        var caller = await CallerAsync(("tty", "/usr/bin/tty"));

        var run = await caller.RunAsync(new SshTunnelFolder(_guest.Folder).CallerKey, [], "-tt", new HostCall("/", null, [], "tty.exe", []).ToString());

        run.Output.Should().StartWith("/dev/pts/");
    }

    private Task<HostCaller> CallerAsync(params (string Name, string Path)[] programs) => CallerAsync([], programs);

    private Task<HostCaller> CallerAsync(string[] env, params (string Name, string Path)[] programs) => HostCaller.ForAsync(_guest, Target(programs) is var target && env.Length > 0 ? target with { Interop = target.Interop with { Env = [.. env] } } : Target(programs));

    private SshTunnelTarget Target(params (string Name, string Path)[] programs)
    {
        foreach (var (_, path) in programs.Where(p => p.Path.StartsWith(_guest.State, StringComparison.Ordinal)))
            File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        return _guest.Target with
        {
            SharedFolders = [new(_shared, "/mnt/shared", ReadOnly: false)],
            Interop = new() { User = "root", Programs = programs.ToImmutableSortedDictionary(p => p.Name, p => p.Path, StringComparer.Ordinal) },
        };
    }
}
