using System.Text;
using EdgeOperator.Platform.Processes;

namespace EdgeOperator.Platform.Tests.Processes;

public sealed class PseudoTerminalTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task A_program_has_a_terminal_of_the_size_that_was_asked_for_and_ends_with_its_code()
    {
        using var terminal = PseudoTerminal.Start("sh", ["-c", "tty >/dev/null && stty size; read line; echo \"got $line\"; exit 5"], 132, 43);

        await terminal.Stream.WriteAsync("typed\n"u8.ToArray());
        var printed = await ReadAsync(terminal, "got typed");
        using var limit = new CancellationTokenSource(Deadline);
        await terminal.Process.WaitForExitAsync(limit.Token);

        printed.Should().Contain("43 132");
        terminal.Process.ExitCode.Should().Be(5);
    }

    [Fact]
    public async Task A_new_size_is_told()
    {
        using var terminal = PseudoTerminal.Start("sh", ["-c", "trap 'stty size; exit 0' WINCH; echo ready; while :; do sleep 0.1; done"], 80, 24);
        await ReadAsync(terminal, "ready");

        terminal.Resize(100, 30);

        (await ReadAsync(terminal, "30 100")).Should().Contain("30 100");
    }

    [Fact]
    public async Task A_program_that_loses_its_terminal_is_hung_up()
    {
        var terminal = PseudoTerminal.Start("sh", ["-c", "echo ready; sleep 1000"], 80, 24);
        await ReadAsync(terminal, "ready");
        using var process = System.Diagnostics.Process.GetProcessById(terminal.Process.Id);

        terminal.Dispose();

        using var limit = new CancellationTokenSource(Deadline);
        await process.WaitForExitAsync(limit.Token);
    }

    private static async Task<string> ReadAsync(PseudoTerminal terminal, string until)
    {
        using var limit = new CancellationTokenSource(Deadline);
        var printed = new StringBuilder();
        var buffer = new byte[1024];
        while (!printed.ToString().Contains(until, StringComparison.Ordinal))
        {
            var count = await terminal.Stream.ReadAsync(buffer, limit.Token);
            if (count == 0)
                break;
            printed.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }

        return printed.ToString();
    }
}
