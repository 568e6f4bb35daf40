using System.Runtime.Versioning;
using System.Security.Cryptography;
using EdgeOperator.Platform.Files;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Kinds.VirtualMachine;

/// <summary>Commands from the host into the guest.</summary>
[SupportedOSPlatform("linux")]
public sealed class ExecTests : IAsyncLifetime
{
    private const string Machine = LoopbackGuest.Name;

    private LoopbackGuest _guest = null!;
    private EdgeopInGuest _edgeop = null!;

    public async Task InitializeAsync()
    {
        _guest = await LoopbackGuest.StartAsync();
        _edgeop = await EdgeopInGuest.ForAsync(_guest.State);
        await _guest.OpenAsync(_guest.Target);
    }

    public async Task DisposeAsync() => await _guest.DisposeAsync();

    [Fact]
    public async Task Arguments_arrive_unmodified()
    {
        string[] hostile =
        [
            "", " ", "two words", "'", "\"", "a'b\"c", "line\nbreak\n", "\ttab", "$HOME", "`id`", "$(id)", "\\", "\\\\n", "*", "?", "[a]", "~", "-n", "--", "-",
            "ünïcödé 漢字 🚀", "!history", ";", "|", "&", ">", "#", "{a,b}", "a=b", "%s", "\u0001\u007f",
        ];

        var run = await _edgeop.ExecAsync(Machine, ["printf", @"%s\0", .. hostile]);

        run.Output.Split('\0')[..^1].Should().Equal(hostile);
        run.Code.Should().Be(0);
    }

    [Theory]
    [InlineData("exec", Machine, "--")]
    [InlineData("exec", "--user=root", Machine, "--")]
    public async Task Arguments_that_are_not_text_arrive_unmodified(params string[] line)
    {
        var run = await _edgeop.RunAsync(new()
        {
            Line = [.. line, "printf", "%s|"],
            Through = ["sh", "-c", @"exec ""$@"" ""$(printf 'a\377\303b')"" ü", "sh"],
        });

        run.Bytes.Should().Equal([(byte)'a', 0xFF, 0xC3, (byte)'b', (byte)'|', 0xC3, 0xBC, (byte)'|']);
    }

    [Fact]
    public async Task A_program_whose_name_begins_with_a_dash_and_an_option_look_alike_are_the_programs_own()
    {
        var run = await _edgeop.ExecAsync(Machine, "echo", "--user", "x", "--help");

        run.Output.Should().Be("--user x --help\n");
    }

    [Theory]
    [InlineData("exit 0", 0)]
    [InlineData("exit 1", 1)]
    [InlineData("exit 42", 42)]
    [InlineData("exit 255", 255)]
    [InlineData("kill -KILL $$", 137)]
    [InlineData("kill -SEGV $$", 139)]
    public async Task The_exit_code_is_the_programs_own(string script, int code)
    {
        var run = await _edgeop.ExecAsync(Machine, "sh", "-c", script);

        (run.Code, run.Errors).Should().Be((code, ""));
    }

    [Fact]
    public async Task A_program_that_is_missing_ends_with_127()
    {
        var run = await _edgeop.ExecAsync(Machine, "no-such-program");

        run.Code.Should().Be(127);
        run.Errors.Should().Contain("no-such-program: not found");
    }

    [Fact]
    public async Task Standard_output_and_standard_error_stay_apart()
    {
        var run = await _edgeop.ExecAsync(Machine, "sh", "-c", "echo out; echo err >&2");

        (run.Output, run.Errors).Should().Be(("out\n", "err\n"));
    }

    [Fact]
    public async Task A_hundred_megabytes_go_there_and_back_unchanged()
    {
        var bytes = RandomNumberGenerator.GetBytes(100_000_000);

        var run = await _edgeop.RunAsync(new() { Line = ["exec", Machine, "--", "cat"], Input = bytes });

        Convert.ToHexString(SHA256.HashData(run.Bytes)).Should().Be(Convert.ToHexString(SHA256.HashData(bytes)));
    }

    [Fact]
    public async Task A_reader_that_has_seen_enough_ends_the_pipe()
    {
        var run = await _edgeop.RunAsync(new() { Line = ["exec", Machine, "--", "yes"], Through = ["sh", "-c", "\"$@\" | head -n 2", "sh"] });

        run.Output.Should().Be("y\ny\n");
    }

    [Theory]
    [InlineData("HUP", 1)]
    [InlineData("INT", 2)]
    [InlineData("QUIT", 3)]
    [InlineData("USR1", 10)]
    [InlineData("USR2", 12)]
    [InlineData("TERM", 15)]
    public async Task Signals_reach_the_program(string name, int number)
    {
        using var process = await _edgeop.StartAsync(new() { Line = ["exec", Machine, "--", "sh", "-c", $"trap 'echo got {name}; exit 9' {name}; echo ready; while :; do sleep 0.05; done"] });
        (await process.StandardOutput.ReadLineAsync()).Should().Be("ready");

        Posix.Signal(process.Id, number);

        (await process.StandardOutput.ReadToEndAsync()).Should().Be($"got {name}\n");
        await process.WaitForExitAsync();
        process.ExitCode.Should().Be(9);
    }

    [Fact]
    public async Task A_program_that_a_signal_ends_says_so_by_its_exit_code()
    {
        using var process = await _edgeop.StartAsync(new() { Line = ["exec", Machine, "--", "sh", "-c", "echo ready; exec sleep 1000"] });
        (await process.StandardOutput.ReadLineAsync()).Should().Be("ready");

        Posix.Signal(process.Id, 15);

        await process.WaitForExitAsync();
        process.ExitCode.Should().Be(128 + 15);
    }

    [Fact]
    public async Task Many_sessions_run_at_once()
    {
        var runs = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => _edgeop.RunAsync(new() { Line = ["exec", Machine, "--", "sh", "-c", $"cat; exit {i}"], Input = BitConverter.GetBytes(i) })));

        runs.Select(r => (r.Code, BitConverter.ToInt32(r.Bytes))).Should().Equal(Enumerable.Range(0, 20).Select(i => (i, i)));
    }

    [Fact]
    public async Task The_working_directory_is_the_callers_where_the_guest_sees_it_and_home_elsewhere()
    {
        var shared = Path.GetDirectoryName(_guest.State.File("shared/deep er/x"))!;
        await _guest.OpenAsync(_guest.Target with { SharedFolders = [new(_guest.State + "/shared", _guest.State + "/shared", ReadOnly: false)] });

        (await _edgeop.RunAsync(new() { Line = ["exec", Machine, "pwd"], Folder = shared })).Output.Should().Be(shared + "\n");
        (await _edgeop.RunAsync(new() { Line = ["exec", Machine, "pwd"], Folder = "/usr" })).Output.Should().Be(Environment.GetEnvironmentVariable("HOME") + "\n");
        (await _edgeop.RunAsync(new() { Line = ["exec", Machine, "--cd", "/usr/lib", "pwd"] })).Output.Should().Be("/usr/lib\n");
        (await _edgeop.RunAsync(new() { Line = ["exec", Machine, "--cd", "~", "pwd"], Folder = shared })).Output.Should().Be(Environment.GetEnvironmentVariable("HOME") + "\n");
    }

    [Fact]
    public async Task A_directory_that_was_asked_for_and_that_the_guest_does_not_have_fails()
    {
        var run = await _edgeop.RunAsync(new() { Line = ["exec", Machine, "--cd", "/no/such folder", "touch", _guest.State.File("ran")] });

        (run.Code, run.Output, run.Errors).Should().Be((126, "", "edgeop: the guest has no folder /no/such folder that its user may enter\n"));
        File.Exists(_guest.State.File("ran")).Should().BeFalse();
    }

    [Fact]
    public async Task Values_of_variables_stand_in_nobodys_command_line()
    {
        var run = await _edgeop.RunAsync(new()
        {
            Line = ["exec", Machine, "sh", "-c", "cat /proc/[0-9]*/cmdline | tr '\\0' '\\n'; echo \"the value: $TOKEN ${LC_EDGEOP-none}\""],
            Variables = new() { ["WSLENV"] = "TOKEN", ["TOKEN"] = "its 'secret' value" },
        });

        run.Output.Should().Contain("the value: its 'secret' value none\n").And.Contain("sshd");
        run.Output.Split("the value:")[0].Should().NotContain("secret");
    }

    [Fact]
    public async Task A_program_is_hung_up_when_the_command_is_killed_unless_it_is_to_stay()
    {
        async Task<string> AfterKillAsync(params string[] options)
        {
            const int Long = 10;
            var (mark, script) = (_guest.State.File($"mark{options.Length}"), "trap 'echo hung up; exit' HUP; n=0; while :; do sleep 0.1; n=$((n + 1)); echo $n; done");
            using var process = await _edgeop.StartAsync(new() { Line = ["exec", .. options, Machine, "--", "sh", "-c", $"echo $$; exec >{mark}; {script}"] });
            var program = int.Parse((await process.StandardOutput.ReadLineAsync())!);
            await Eventually.TrueAsync("it has run for a while", () => File.Exists(mark) && File.ReadAllLines(mark).Length > Long);
            await Eventually.TrueAsync("somebody waits for the command's end", () => options.Length > 0 || Processes("read -r _ && exit 0"));
            Posix.Signal(process.Id, 9);
            await process.WaitForExitAsync();
            var seen = File.ReadAllLines(mark).Length;
            await Eventually.TrueAsync("it has ended or goes on", () => !Directory.Exists($"/proc/{program}") || File.ReadAllLines(mark).Length > seen + Long);
            Posix.Signal(program, 9);
            return File.ReadAllLines(mark)[^1] is "hung up" ? "hung up" : "goes on";
        }

        static bool Processes(string words) => Directory.EnumerateDirectories("/proc").Any(process =>
        {
            try
            {
                return File.ReadAllText(process + "/cmdline").Contains(words, StringComparison.Ordinal);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        });

        (await AfterKillAsync()).Should().Be("hung up");
        (await AfterKillAsync("--nohup")).Should().Be("goes on");
    }

    [Fact]
    public async Task Variables_cross_as_WSLENV_and_the_manifest_say()
    {
        var shared = _guest.State + "/shared";
        await _guest.OpenAsync(_guest.Target with
        {
            SharedFolders = [new(shared, "/mnt/in guest", ReadOnly: false)],
            Interop = new() { Env = ["FROM_MANIFEST", "ONLY_TO_HOST/w"] },
        });

        var run = await _edgeop.RunAsync(new()
        {
            Line = ["exec", Machine, "env"],
            Variables = new()
            {
                ["WSLENV"] = "PLAIN:ONE/p:LIST/l:TO_GUEST/u:TO_HOST/w:UNDEFINED",
                ["PLAIN"] = "a 'quoted' value",
                ["ONE"] = shared + "/file",
                ["LIST"] = $"{shared}/a:/elsewhere:{shared}/b",
                ["TO_GUEST"] = "1",
                ["TO_HOST"] = "1",
                ["FROM_MANIFEST"] = "yes",
                ["ONLY_TO_HOST"] = "no",
                ["NOT_LISTED"] = "no",
            },
        });

        run.Output.Split('\n').Should().Contain(
            [
                "PLAIN=a 'quoted' value", "ONE=/mnt/in guest/file", "LIST=/mnt/in guest/a:/mnt/in guest/b", "TO_GUEST=1", "UNDEFINED=", "FROM_MANIFEST=yes",
                "WSLENV=PLAIN:ONE/p:LIST/l:TO_GUEST/u:TO_HOST/w:UNDEFINED:FROM_MANIFEST:ONLY_TO_HOST/w",
            ])
            .And.NotContain(l => l.StartsWith("TO_HOST=") || l.StartsWith("ONLY_TO_HOST=") || l.StartsWith("NOT_LISTED="));
    }

    [Fact]
    public async Task Without_interop_no_variable_crosses()
    {
        await _guest.OpenAsync(_guest.Target with { Interop = new() { Enabled = false, Env = ["SHARED"] } });

        var run = await _edgeop.RunAsync(new() { Line = ["exec", Machine, "env"], Variables = new() { ["SHARED"] = "1", ["WSLENV"] = "SHARED" } });

        run.Output.Should().NotContain("SHARED").And.NotContain("WSLENV");
    }

    [Fact]
    public async Task A_lost_connection_is_replaced_by_one_that_the_command_makes_itself()
    {
        await _guest.Tunnel().CloseAsync(default);

        (await _edgeop.ExecAsync(Machine, "echo", "hello")).Output.Should().Be("hello\n");
        await Shell.RunAsync("ssh", "-F", _guest.Folder + "/bridge/config", "-S", _guest.Folder + "/bridge/m+root", "-O", "exit", "guest");
    }

    [Fact]
    public async Task A_guest_that_does_not_answer_is_named_with_what_to_do()
    {
        await _guest.Tunnel().CloseAsync(default);
        await _guest.StopSshdAsync();

        var run = await _edgeop.ExecAsync(Machine, "true");

        run.Code.Should().Be(4);
        run.Errors.Should().StartWith("error: VirtualMachine/m is not running, or its guest does not answer (").And.Contain("Connection refused").And.EndWith("`edgeop describe VirtualMachine m` tells more\n");
        _guest.StartSshd();
    }

    [Fact]
    public async Task A_machine_that_there_is_not_is_named_with_what_to_do()
    {
        var run = await _edgeop.ExecAsync("other", "true");

        (run.Code, run.Errors).Should().Be((3, $"error: there is no virtual machine other on this device ({_guest.State}/vms): `edgeop get VirtualMachine` has them all\n"));
    }

    [Fact]
    public async Task A_user_that_the_guest_does_not_know_is_named_with_what_to_do()
    {
        var run = await _edgeop.RunAsync(new() { Line = ["exec", Machine, "--user", "nobody-knows", "true"] });

        run.Code.Should().Be(1);
        run.Errors.Should().StartWith("error: the guest of VirtualMachine/m does not let \"nobody-knows\" in");
    }

    [Fact]
    public async Task A_terminal_is_passed_through_with_its_size_and_its_keys()
    {
        // script(1) gives it a terminal; what is typed is Ctrl-C.
        var run = await _edgeop.RunAsync(new()
        {
            Line = ["exec", Machine, "--", "sh", "-c", "stty size; test -t 0 -a -t 1 && echo terminal; echo $TERM; trap 'echo interrupted; exit 3' INT; while :; do sleep 0.1; done"],
            Through = ["python3", "-c", Pty],
        });

        run.Output.ReplaceLineEndings("\n").Should().Be("33 77\nterminal\nxterm-test\n^Cinterrupted\n");
        run.Code.Should().Be(3);
    }

    /// <summary>Runs a command on a terminal of its own, and presses Ctrl-C when it has said its third line.</summary>
    private const string Pty = """
        import os, pty, sys, fcntl, termios, struct
        child, terminal = pty.fork()
        if child == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 33, 77, 0, 0))
            os.environ["TERM"] = "xterm-test"
            os.execvp(sys.argv[1], sys.argv[1:])
        seen = b""
        pressed = False
        while True:
            try: some = os.read(terminal, 1000)
            except OSError: break
            if not some: break
            seen += some
            if not pressed and seen.count(b"\n") == 3:
                pressed = True
                os.write(terminal, b"\x03")
        os.write(1, seen)
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        """;
}
