using System.Diagnostics;
using System.Runtime.Versioning;
using EdgeOperator.Agent.Kinds.VirtualMachine.Eflow;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Kinds.VirtualMachine;

/// <summary>What the agent prepares for entering EFLOW's machine, tried with a real ssh and a real sshd; only the machine is not there.</summary>
[SupportedOSPlatform("linux")]
public sealed class EflowAccessTests : IAsyncLifetime
{
    private static readonly VirtualMachineResource Machine = new()
    {
        Id = new(KindNames.VirtualMachine, "eflow"),
        Origin = new("vm.yaml", 1, 1),
        Machine = new() { User = "iotedge-user" },
    };

    private readonly TempFolder _folder = new("ef");
    private string _key = "";

    private string Home => _folder.File("home");

    public async Task InitializeAsync()
    {
        Directory.CreateDirectory("/run/sshd");
        foreach (var name in (string[])["host", "other"])
            (await RunAsync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", _folder.File(name)])).ExitCode.Should().Be(0);
        Directory.CreateDirectory($"{Home}/.ssh");
        await File.WriteAllTextAsync($"{Home}/.ssh/authorized_keys", "ecdsa-sha2-nistp521 EFLOWS own, without an end");
        var access = Access();
        _key = (await access.CreateKeyAsync("eflow", default))!;
        foreach (var _ in (string[])["once", "and again"])
            await RunAsync("sh", ["-c", EflowGuest.AdmitLine(_key)]);
        access.Write(Machine, Host);
    }

    private EflowObservation Host => new() { Address = "192.0.2.1", HostKeys = [Public("host")], AdmittedKeys = [_key] };

    public Task DisposeAsync()
    {
        _folder.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task The_key_that_the_guest_lets_in_is_made_once_and_added_once()
    {
        (await Access().CreateKeyAsync("eflow", default)).Should().Be(_key).And.StartWith("ecdsa-sha2-nistp521 ");
        (await File.ReadAllLinesAsync($"{Home}/.ssh/authorized_keys")).Should().Equal("ecdsa-sha2-nistp521 EFLOWS own, without an end", $"restrict,pty {_key}");
        File.GetUnixFileMode(_folder.File("vms/eflow/client")).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task A_command_runs_in_the_guest_with_its_input_outputs_and_exit_code()
    {
        var (exitCode, output, errors) = await EnterAsync("host", "cat; echo oops >&2; exit 7", "some input");

        (exitCode, output, errors).Should().Be((7, "some input", "oops\n"));
    }

    [Fact]
    public async Task The_engine_speaks_through_a_command_that_ssh_runs()
    {
        WriteProgram("sudo", "[ \"$1\" = -n ] || exit 99; shift; exec \"$@\"");
        WriteProgram("docker", "[ \"$*\" = 'system dial-stdio' ] || exit 99; exec cat");
        var config = _folder.File("vms/eflow/config");
        await File.WriteAllTextAsync(config, $"User {Environment.UserName}\nProxyCommand {Sshd("host")} -o SetEnv=PATH={_folder.File("bin")}:/usr/bin:/bin\n{await File.ReadAllTextAsync(config)}");

        await using var engine = Access().OpenEngine("eflow");
        await engine.WriteAsync("GET /_ping"u8.ToArray());
        await engine.FlushAsync();
        var answer = new byte[10];
        await engine.ReadExactlyAsync(answer);

        answer.Should().Equal("GET /_ping"u8.ToArray());
    }

    [Fact]
    public async Task A_guest_with_another_key_is_not_entered()
    {
        var (exitCode, output, errors) = await EnterAsync("other", "echo entered", "");

        (exitCode, output).Should().Be((255, ""));
        errors.Should().Contain("Host key verification failed");
    }

    [Fact]
    public void The_command_line_finds_what_it_needs_until_the_machine_is_stopped()
    {
        var file = _folder.File("vms/eflow/access.json");

        MachineAccess.Parse(File.ReadAllBytes(file)).Should().BeEquivalentTo(
            new MachineAccess { Name = "eflow", User = "iotedge-user", SignIn = "iotedge-user", SshConfig = _folder.File("vms/eflow/config"), Interop = true });
        File.ReadAllText(_folder.File("vms/eflow/config")).Should().Contain("HostName 192.0.2.1\n").And.Contain("StrictHostKeyChecking yes\n");
        Access().Forget("eflow");
        File.Exists(file).Should().BeFalse();
    }

    [Fact]
    public void A_guest_with_another_address_or_that_has_forgotten_the_key_is_not_up_to_date()
    {
        Access().IsCurrent(Machine, Host).Should().BeTrue();
        Access().IsCurrent(Machine, Host with { Address = "192.0.2.2" }).Should().BeFalse();
        Access().IsCurrent(Machine, Host with { AdmittedKeys = [] }).Should().BeFalse();
        Access().IsCurrent(Machine, Host with { Address = null }).Should().BeTrue("it can't be entered at all");
    }

    [Fact]
    public async Task The_keys_that_the_agent_has_let_in_are_told_beside_the_guest_s_own()
    {
        var lines = (await RunAsync("sh", ["-c", EflowGuest.HostKeysLine])).Output.Split('\n');

        lines.Should().ContainSingle(line => line.StartsWith(EflowGuest.AdmittedKey)).Which.Should().Be($"{EflowGuest.AdmittedKey} {_key}");
    }

    private EflowAccess Access() => new(_folder.File("vms"), TimeProvider.System);

    private string Public(string key) => string.Join(' ', File.ReadAllText(_folder.File(key + ".pub")).Split(' ', '\n').Take(2));

    // As the command line calls it, but for the way to the machine and the user, who are others here.
    private Task<(int ExitCode, string Output, string Errors)> EnterAsync(string hostKey, string line, string input) => RunAsync(
        "ssh",
        [
            "-F", _folder.File("vms/eflow/config"), "-T", "-l", Environment.UserName,
            "-o", $"ProxyCommand={Sshd(hostKey)}",
            MachineAccess.HostAlias, line,
        ],
        input);

    private string Sshd(string hostKey) =>
        $"/usr/sbin/sshd -i -f /dev/null -o HostKey={_folder.File(hostKey)} -o AuthorizedKeysFile={Home}/.ssh/authorized_keys -o StrictModes=no -o LogLevel=QUIET";

    private void WriteProgram(string name, string script) => File.SetUnixFileMode(
        _folder.Write($"bin/{name}", $"#!/bin/sh\n{script}\n"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    private async Task<(int ExitCode, string Output, string Errors)> RunAsync(string program, string[] arguments, string input = "")
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["HOME"] = Home;
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output, await errors);
    }
}
