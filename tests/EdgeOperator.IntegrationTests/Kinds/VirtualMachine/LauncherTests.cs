using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.IntegrationTests.Kinds.VirtualMachine;

/// <summary>The native program that users call, by itself and with the agent's program beside it.</summary>
[SupportedOSPlatform("linux")]
public sealed class LauncherTests : IAsyncLifetime
{
    private readonly TempFolder _bin = new("bin");
    private string _edgeop = null!;

    private string AgentProgram => Path.Combine(_bin, "edgeop-agent");

    public async Task InitializeAsync()
    {
        _edgeop = Path.Combine(_bin, "edgeop");
        File.Copy(await EdgeopBinary.PathAsync(), _edgeop);
    }

    public Task DisposeAsync()
    {
        _bin.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Crosses_into_a_guest_all_by_itself()
    {
        await using var guest = await LoopbackGuest.StartAsync();
        var config = (await EdgeopInGuest.ForAsync(guest.State)).Config;
        await guest.OpenAsync(guest.Target);

        (await RunAsync("{0} vm exec --config {1} m -- sh -c 'tr a-z A-Z; exit 7'", config, "shout")).Should().Be((7, "SHOUT", ""));
        (await RunAsync("{0} --config {1} vm exec m echo hello", config)).Should().Be((0, "hello\n", ""));
    }

    [Fact]
    public async Task Becomes_the_agents_program_with_the_very_same_arguments_whatever_bytes_they_are()
    {
        Agent("""printf '%s|' "$@" """);

        (await RunAsync("""{0} "$(printf 'a \377')" '' 'two words' '$HOME' -- | od -An -c""")).Output.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries)
            .Should().Equal("a", "377", "|", "|", "t", "w", "o", "w", "o", "r", "d", "s", "|", "$", "H", "O", "M", "E", "|", "-", "-", "|");
    }

    [Fact]
    public async Task Leaves_process_id_and_variables_to_the_agents_program_as_they_were()
    {
        const string Look = "echo $$; env | sort | grep -v ^_=";
        Agent(Look);

        var ran = await RunAsync($"{Look}; exec {{0}} status");

        var lines = ran.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines[(lines.Length / 2)..].Should().Equal(lines[..(lines.Length / 2)]);
    }

    [Fact]
    public async Task Has_the_agent_alone_run_without_tiered_compilation_unless_the_caller_says_otherwise()
    {
        Agent("echo ${DOTNET_TieredCompilation-none}");

        (await RunAsync("{0} agent --config x; {0} status; DOTNET_TieredCompilation=1 {0} agent")).Output.Should().Be("0\nnone\n1\n");
    }

    [Fact]
    public async Task Has_the_agents_program_ignore_what_the_caller_ignores_but_not_broken_pipes()
    {
        const ulong HangUp = 1, BrokenPipe = 1 << 12;
        Agent("sed -n 's/^SigIgn:[[:space:]]*//p' /proc/self/status");

        var ignored = ulong.Parse((await RunAsync("trap '' HUP; exec {0} status")).Output, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

        (ignored & (HangUp | BrokenPipe)).Should().Be(HangUp);
    }

    [Fact]
    public async Task Is_found_through_a_link_as_well()
    {
        Agent("echo found");
        File.CreateSymbolicLink(Path.Combine(_bin, "linked"), _edgeop);

        (await RunAsync($"{_bin}/linked status")).Should().Be((0, "found\n", ""));
    }

    [Fact]
    public async Task Says_what_is_missing_when_it_is_alone()
    {
        (await RunAsync("{0} status")).Should().Be((1, "", $"error: {AgentProgram} can't be run (No such file or directory): edgeop-agent and edgeop belong into the same folder, from the same build\n"));
    }

    private void Agent(string script)
    {
        File.WriteAllText(AgentProgram, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(AgentProgram, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    private async Task<(int Code, string Output, string Errors)> RunAsync(string line, string config = "", string input = "")
    {
        var script = line.Replace("{0}", _edgeop, StringComparison.Ordinal).Replace("{1}", config, StringComparison.Ordinal);
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", script]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        await shell.StandardInput.WriteAsync(input);
        shell.StandardInput.Close();
        var errors = shell.StandardError.ReadToEndAsync();
        var output = await shell.StandardOutput.ReadToEndAsync();
        await shell.WaitForExitAsync();
        return (shell.ExitCode, output, await errors);
    }
}
