using System.Runtime.Versioning;
using System.Security.Cryptography;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Platform.Files;
using EdgeOperator.Platform.Processes;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Kinds.VirtualMachine;

/// <summary>Both ways across the border, on a real guest.</summary>
[SupportedOSPlatform("linux")]
[Collection(SharedGuest.Name)]
public sealed class InteropTests(InteropGuest guest) : IClassFixture<InteropGuest>
{
    private const string Interop = "/proc/sys/fs/binfmt_misc/WSLInterop";

    [Fact]
    public async Task Arguments_and_exit_codes_cross_into_the_guest()
    {
        string[] hostile = ["", " ", "a'b\"c", "line\nbreak\n", "$(id)", "`id`", "\\", "*", "~", "-n", "--", "ünïcödé 漢字 🚀", "\u0001"];

        var run = await guest.Edgeop.ExecAsync(QemuMachine.Name, ["printf", @"%s\0", .. hostile]);

        run.Output.Split('\0')[..^1].Should().Equal(hostile);
        (await guest.InAsync("exit 42")).Code.Should().Be(42);
        (await guest.InAsync("kill -KILL $$")).Code.Should().Be(137);
    }

    [Fact]
    public async Task A_hundred_megabytes_cross_both_ways_unchanged()
    {
        var bytes = RandomNumberGenerator.GetBytes(100_000_000);
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes));

        (await guest.InAsync("sha256sum", bytes)).Output.Should().StartWith(hash);
        await File.WriteAllBytesAsync(guest.HostFolder + "/large", bytes);
        var run = await guest.Edgeop.ExecAsync(QemuMachine.Name, "cat", InteropGuest.Shared + "/large");

        Convert.ToHexStringLower(SHA256.HashData(run.Bytes)).Should().Be(hash);
    }

    [Fact]
    public async Task Programs_of_the_host_are_called_by_name_with_arguments_pipes_and_exit_codes()
    {
        var run = await guest.InAsync(
            "printf.exe '%s|' '' 'two words' \"a'b\" '$(id)' '*' 'line\nbreak' ünï; echo; echo from the guest | cat.exe | tr a-z A-Z; "
            + "sh.exe -c 'exit 9'; echo $?; sh.exe -c 'echo oops >&2' 2>&1; Tool.cmd done");

        run.Output.Should().Be("|two words|a'b|$(id)|*|line\nbreak|ünï|\nFROM THE GUEST\n9\noops\ndone\n");
        run.Errors.Should().BeEmpty();
    }

    [Fact]
    public async Task Arguments_variables_and_folders_that_are_not_text_cross_unchanged()
    {
        var run = await guest.Edgeop.RunAsync(new()
        {
            Line = ["exec", QemuMachine.Name, "--", "sh", "-c", @"printf '%s|' ""$PLAIN"" ""${PWD##*/}""; printf.exe '%s|' ""$PLAIN""; sh.exe -c 'printf %s ""$PLAIN""'"],
            Through = ["sh", "-c", @"mkdir -p ""$(printf 'f\376')"" && cd ""$(printf 'f\376')"" && PLAIN=""$(printf 'a\377')"" ""$@""; rm -r ""$PWD""", "sh"],
            Folder = guest.HostFolder,
        });

        run.Bytes.Should().Equal([(byte)'a', 0xFF, (byte)'|', (byte)'f', 0xFE, (byte)'|', (byte)'a', 0xFF, (byte)'|', (byte)'a', 0xFF]);
    }

    [Fact]
    public async Task Data_go_to_a_program_of_the_host_and_back_unchanged()
    {
        var run = await guest.InAsync("head -c 10000000 /dev/urandom >/tmp/data; cat.exe </tmp/data | cmp - /tmp/data && echo same; rm /tmp/data");

        run.Output.Should().Be("same\n");
    }

    [Fact]
    public async Task A_program_of_the_host_that_is_not_listed_is_not_there()
    {
        var run = await guest.InAsync("id.exe; echo $?; cp /run/edgeop/host/cat.exe /tmp/id.exe; /tmp/id.exe; echo $?");

        run.Output.Should().Be("127\n127\n");
        run.Errors.Should().Contain("id.exe: not among interop.programs of VirtualMachine/m");
    }

    [Fact]
    public async Task The_working_directory_crosses_both_ways_where_both_sides_see_it()
    {
        var deep = Directory.CreateDirectory(guest.HostFolder + "/deep er").FullName;

        (await guest.InAsync("pwd", folder: deep)).Output.Should().Be(InteropGuest.Shared + "/deep er\n");
        (await guest.InAsync("pwd", folder: "/usr")).Output.Should().Be("/root\n");
        (await guest.InAsync("pwd.exe", folder: deep)).Output.Should().Be(deep + "\n");
        (await guest.InAsync("cd /home; pwd.exe", folder: deep)).Output.Should().Be(deep + "\n", "as WSL does, it falls back to where the session was started");
        (await guest.InAsync("cd /home; pwd.exe")).Output.Should().Be("/\n");
    }

    [Fact]
    public async Task No_link_leads_out_of_a_shared_folder()
    {
        File.CreateSymbolicLink(guest.HostFolder + "/to-etc", "/etc");

        var run = await guest.InAsync($"ln -s /etc '{InteropGuest.Shared}/own'; cd '{InteropGuest.Shared}/own' && pwd.exe; cd '{InteropGuest.Shared}/../..' && pwd.exe");

        run.Output.Should().Be("/\n/\n", "the first is the guest's own /etc, and both are elsewhere");
        File.Delete(guest.HostFolder + "/to-etc");
    }

    [Fact]
    public async Task Variables_cross_both_ways_as_WSLENV_says()
    {
        var run = await guest.Edgeop.RunAsync(new()
        {
            Line = ["exec", QemuMachine.Name, "--", "sh", "-c", "env; echo --; PLAIN=changed; TO_HOST=yes; export TO_HOST; PLACE='" + InteropGuest.Shared + "/b' env.exe"],
            Variables = new()
            {
                ["PLAIN"] = "a 'value'",
                ["PLACE"] = guest.HostFolder + "/a",
                ["LIST"] = $"{guest.HostFolder}/x:/nowhere",
                ["TO_GUEST"] = "yes",
                ["TO_HOST"] = "no",
            },
        });
        var (inGuest, onHost) = (run.Output.Split("--\n")[0].Split('\n'), run.Output.Split("--\n")[1].Split('\n'));

        inGuest.Should().Contain(["PLAIN=a 'value'", $"PLACE={InteropGuest.Shared}/a", $"LIST={InteropGuest.Shared}/x", "TO_GUEST=yes"]).And.NotContain("TO_HOST=no");
        onHost.Should().Contain(["PLAIN=changed", $"PLACE={guest.HostFolder}/b", $"LIST={guest.HostFolder}/x", "TO_HOST=yes"]).And.NotContain("TO_GUEST=yes");
    }

    [Fact]
    public async Task Values_of_variables_stand_in_nobodys_command_line_in_either_direction()
    {
        var run = await guest.Edgeop.RunAsync(new()
        {
            Line = ["exec", QemuMachine.Name, "--", "sh", "-c", "(sleep 3 | sh.exe -c 'cat >/dev/null; printf \"[%s]\" \"$PLAIN\"') & sleep 1; cat /proc/[0-9]*/cmdline | tr '\\0' ' '; wait"],
            Variables = new() { ["PLAIN"] = "top secret" },
        });

        run.Output.Should().Contain("/run/edgeop/interop/config").And.EndWith("[top secret]");
        run.Output[..^"[top secret]".Length].Should().NotContain("top secret");
    }

    [Fact]
    public async Task Interop_is_turned_off_until_the_next_session_and_on_again()
    {
        var run = await guest.InAsync($"echo 0 >{Interop}; true.exe; echo $?; echo 1 >{Interop}; true.exe; echo $?; echo 0 >{Interop}");

        run.Output.Should().Be("126\n0\n");
        run.Errors.Should().Contain("true.exe: interop is off");
        (await guest.InAsync("true.exe")).Code.Should().Be(0);
    }

    [Fact]
    public async Task A_session_of_any_user_has_interop_on_again()
    {
        await MakeAnnaAsync();
        (await AsAnnaAsync($"id -un; echo 0 >{Interop}; true.exe; echo $?")).Output.Should().Be("anna\n0\n", "only root turns it off");

        await guest.InAsync($"echo 0 >{Interop}");
        (await AsAnnaAsync($"true.exe; echo $?; head -n 1 {Interop}")).Output.Should().Be("0\nenabled\n");

        // Whoever keeps asking does not turn it on against root's will.
        await guest.InAsync($"echo 0 >{Interop}; (sleep 5 >/run/edgeop/sessions) >/dev/null 2>&1 & sleep 1; head -n 1 {Interop} >/tmp/state");
        (await guest.InAsync("cat /tmp/state")).Output.Should().Be("disabled\n");
    }

    [Fact]
    public async Task A_program_for_one_user_of_the_guest_runs_for_that_user_alone_and_without_privileges_on_the_host()
    {
        await MakeAnnaAsync();

        (await AsAnnaAsync("who.exe -un; sh.exe -c 'cat /etc/shadow' 2>&1")).Output.Should().StartWith("nobody\n").And.Contain("Permission denied");
        var root = await guest.InAsync("who.exe");
        (root.Code, root.Output).Should().Be((126, ""));
        root.Errors.Should().Contain("this user is not among interop.guestUsers.who");
        (await guest.InAsync("stat -c '%a %u' /run/edgeop/interop/keys/*")).Output.Should().MatchRegex("^400 1[0-9]{3}\n$");
    }

    [Fact]
    public async Task Interop_is_turned_off_and_on_by_the_manifest_while_the_machine_runs()
    {
        var machine = guest.Machine;
        var before = machine.Shape;
        machine.Shape = before with { Interop = before.Interop with { Enabled = false } };
        await QemuMachine.SucceedsAsync(machine.ChangeAsync());
        try
        {
            var run = await Eventually.GetAsync(() => guest.InAsync($"command -v true.exe; ls {Interop} /run/edgeop/host/ /run/edgeop/interop"));
            run.Output.Should().NotContain("true.exe").And.NotContain("id_ed25519");
            run.Errors.Should().Contain("No such file");
        }
        finally
        {
            machine.Shape = before;
            await QemuMachine.SucceedsAsync(machine.ChangeAsync());
        }

        await Eventually.SucceedsAsync(async () => (await guest.InAsync("true.exe")).Code.Should().Be(0));
    }

    [Fact]
    public async Task Programs_of_the_host_are_not_in_PATH_when_that_is_not_wanted()
    {
        var machine = guest.Machine;
        var before = machine.Shape;
        machine.Shape = before with { Interop = before.Interop with { AppendHostPath = false } };
        await QemuMachine.SucceedsAsync(machine.ChangeAsync());
        try
        {
            (await guest.InAsync("true.exe")).Code.Should().Be(127);
            (await guest.InAsync("/run/edgeop/host/true.exe")).Code.Should().Be(0);
        }
        finally
        {
            machine.Shape = before;
            await QemuMachine.SucceedsAsync(machine.ChangeAsync());
        }
    }

    [Fact]
    public async Task A_thousand_short_commands_succeed()
    {
        for (var done = 0; done < 1000; done += 20)
        {
            var runs = await Task.WhenAll(Enumerable.Range(done, 20).Select(i => guest.Edgeop.ExecAsync(QemuMachine.Name, "echo", $"{i}")));
            runs.Select(r => r.Output).Should().Equal(Enumerable.Range(done, 20).Select(i => $"{i}\n"));
        }
    }

    [Fact]
    public async Task A_hundred_calls_of_the_host_succeed_ten_at_once()
    {
        var run = await guest.InAsync("""
            for batch in 0 1 2 3 4 5 6 7 8 9; do
                for i in 0 1 2 3 4 5 6 7 8 9; do
                    sh.exe -c "echo $batch$i" &
                done
                wait
            done
            """);

        run.Output.Split('\n')[..^1].Order().Should().Equal(Enumerable.Range(0, 100).Select(i => $"{i:00}"));
    }

    [Fact]
    public async Task Signals_reach_a_program_in_the_guest()
    {
        using var process = await guest.Edgeop.StartAsync(new() { Line = ["exec", QemuMachine.Name, "--", "sh", "-c", "trap 'echo got it; exit 9' TERM; echo ready; while :; do sleep 0.1; done"] });
        (await process.StandardOutput.ReadLineAsync()).Should().Be("ready");

        Posix.Signal(process.Id, 15);

        (await process.StandardOutput.ReadToEndAsync()).Should().Be("got it\n");
        await process.WaitForExitAsync();
        process.ExitCode.Should().Be(9);
    }

    [Fact]
    public async Task Sessions_go_on_when_the_agent_ends_and_another_one_begins()
    {
        using var process = await guest.Edgeop.StartAsync(new() { Line = ["exec", QemuMachine.Name, "cat"] });

        await guest.Machine.ReplaceDriverAsync();
        await guest.Machine.RunningAsync();
        await process.StandardInput.WriteAsync("still here");
        process.StandardInput.Close();

        (await process.StandardOutput.ReadToEndAsync()).Should().Be("still here");
        (await guest.InAsync("true.exe")).Code.Should().Be(0);
    }

    [Fact]
    public async Task A_connection_that_was_lost_is_made_again_with_the_way_back()
    {
        var tunnel = guest.Machine.Folder + "/bridge";
        var before = ProcessIdentity.Read(tunnel + "/process")!;
        Posix.Signal(before.Id, 9);

        await Eventually.SucceedsAsync(
            async () =>
            {
                await guest.Machine.ObserveAsync();
                ProcessIdentity.Read(tunnel + "/process").Should().NotBe(before);
                (await guest.InAsync("true.exe")).Code.Should().Be(0);
            },
            TimeSpan.FromMinutes(2));
    }

    private async Task MakeAnnaAsync()
    {
        var machine = guest.Machine;
        machine.Machine = machine.Machine with { Provisioning = new() { Users = [new("anna", [], [], null)] } };
        await QemuMachine.SucceedsAsync(machine.DoAsync(new ProvisionMachine(machine.Id, "", machine.Machine.Provisioning.Hash)));
    }

    private Task<GuestRun> AsAnnaAsync(string script) => guest.Edgeop.RunAsync(new() { Line = ["exec", "--user", "anna", QemuMachine.Name, "--", "sh", "-c", script] });
}
