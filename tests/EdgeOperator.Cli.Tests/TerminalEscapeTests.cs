using System.Text;
using System.Text.RegularExpressions;
using EdgeOperator.Core.Text;

namespace EdgeOperator.Cli.Tests;

/// <summary>What a repository, a container or a guest says never acts on the terminal, whichever verb shows it.</summary>
public sealed partial class TerminalEscapeTests : AgainstAnAgent
{
    private const string Attack =
        "a\e[2J\e]0;owned\a\e[8mhidden\u009b31m\u0085\b\r\u007f\u202etxt.exe\u202c\u2066x\u2069\u200e\u200f\u200b\u200d\u2060\ufeff\u2028\u061c\u00ad\U000e0041z";

    public static TheoryData<string[]> Verbs =>
    [
        ["status"], ["status", "-o", "wide"], ["status", "-o", "json"], ["status", "-o", "yaml"],
        ["get"], ["get", "-o", "wide"], ["get", "-o", "json"], ["get", "EdgeModule", "web", "-o", "yaml"], ["get", "EdgeModule", "nobody"],
        ["describe", "EdgeModule", "web"], ["describe", "EdgeModule", "web", "-o", "json"],
        ["events"], ["events", "-o", "wide"], ["history"], ["history", "-o", "wide"], ["history", "-o", "json"],
        ["logs", "EdgeModule/web"], ["reconcile"], ["apply", "--timeout", "1ms"], ["rollback", Attack], [Attack], ["get", Attack], ["status", "--" + Attack],
        ["function", "list"], ["function", "list", "-o", "wide"], ["function", "call", "app/f"], ["function", "logs", "app"], ["function", "keys", "list", "app"],
    ];

    [Theory]
    [MemberData(nameof(Verbs))]
    public async Task On_a_terminal_only_our_own_colours_get_through(params string[] verb)
    {
        HostileDevice.Say(Agent, Attack);

        var run = await OnTerminalAsync(verb);

        (run.Out + run.Error).Should().NotBeEmpty();
        Unsafe(run.Out).Should().BeEmpty();
        Unsafe(run.Error).Should().BeEmpty();
    }

    [Theory]
    [InlineData("status", "-o", "wide")]
    [InlineData("get", "-o", "wide")]
    [InlineData("describe", "EdgeModule", "web")]
    [InlineData("events", "-o", "wide")]
    [InlineData("history", "-o", "wide")]
    [InlineData("reconcile")]
    [InlineData("function", "list", "-o", "wide")]
    [InlineData("function", "keys", "list", "app")]
    public async Task A_line_break_in_what_others_say_makes_no_line_of_edgeop_s(params string[] verb)
    {
        HostileDevice.Say(Agent, "a\r\nFORGED b\nFORGED c\rFORGED d");

        var run = await OnTerminalAsync(verb);

        (run.Out + run.Error).Split('\n').Where(line => line.StartsWith("FORGED", StringComparison.Ordinal)).Should().BeEmpty();
    }

    [Fact]
    public async Task Followed_events_are_escaped_as_well()
    {
        HostileDevice.Say(Agent, Attack);
        using var interrupt = new CancellationTokenSource();
        var output = new WatchedStream();
        var following = Edgeop.RunAsync(["events", "-f", "--socket", Served.Socket], isTerminal: true, stdout: output, cancellation: interrupt.Token);

        await output.HasLinesAsync(1);
        await interrupt.CancelAsync();
        await following;

        Unsafe(output.Text).Should().BeEmpty();
    }

    [Fact]
    public async Task A_watched_status_is_drawn_with_cursor_movements_of_its_own_only()
    {
        HostileDevice.Say(Agent, Attack);
        using var interrupt = new CancellationTokenSource();
        var output = new WatchedStream();
        var watching = Edgeop.RunAsync(["status", "-w", "--socket", Served.Socket], isTerminal: true, stdout: output, cancellation: interrupt.Token);

        await output.ContainsAsync("<U+202E>");
        await interrupt.CancelAsync();
        await watching;

        Unsafe(CursorSequence().Replace(output.Text, "")).Should().BeEmpty();
    }

    [Fact]
    public async Task Problems_of_manifests_are_escaped()
    {
        var folder = Directory.CreateTempSubdirectory("edgeop-hostile-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "a.yaml"), """
            apiVersion: edgeoperator.io/v1alpha1
            kind: "Edge\u001b[2J\u202eModule"
            metadata: {name: "we\u001b]0;x\u0007b"}
            """);

        var run = await OnTerminalAsync("validate", folder);

        run.Error.Should().Contain("<U+202E>Module");
        Unsafe(run.Error).Should().BeEmpty();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Piped_or_raw_a_log_comes_as_it_is()
    {
        HostileDevice.Say(Agent, Attack);

        (await RunAsync("logs", "EdgeModule/web")).Out.Should().Be(Attack + "\n");
        (await OnTerminalAsync("logs", "EdgeModule/web", "--raw")).Out.Should().Be(Attack + "\n");
        (await RunAsync("function", "call", "app/f")).Error.Should().Be(Attack + "\n");
    }

    [Fact]
    public async Task An_ordinary_log_looks_the_same_on_a_terminal()
    {
        Agent.LogText = "größer\tthan 温度 😀\nnext\n";

        (await OnTerminalAsync("logs", "EdgeModule/web")).Out.Should().Be(Agent.LogText);
    }

    [Fact]
    public void Only_the_terminal_itself_and_what_prints_for_it_know_the_way_around_escaping()
    {
        var sources = Path.Combine(Folder(), "src", "EdgeOperator.Cli");
        var around = Directory.EnumerateFiles(sources, "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Where(f => AroundEscaping().IsMatch(File.ReadAllText(f)))
            .Select(f => Path.GetFileName(f));

        around.Should().BeEquivalentTo("Call.cs", "ErrorLines.cs", "AttachedCommand.cs", "Printer.cs", "Terminal.cs", "AttachedConsole.cs", "WindowsGuestExec.cs");
    }

    /// <summary>Everything unsafe in a text but colours.</summary>
    private static IEnumerable<string> Unsafe(string text) =>
        Colour().Replace(text, "").EnumerateRunes().Where(r => TerminalText.IsUnsafe(r) || Rune.ReplacementChar == r).Select(r => $"U+{r.Value:X4}");

    private static string Folder()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "EdgeOperator.sln")))
            folder = Path.GetDirectoryName(folder)!;

        return folder;
    }

    [GeneratedRegex("\e\\[[0-9;]*m")]
    private static partial Regex Colour();

    [GeneratedRegex("\r|\e\\[[0-9?]*[A-Hhl]|\e\\[[0-9]*[JK]")]
    private static partial Regex CursorSequence();

    [GeneratedRegex(@"\bConsole\.(Out|Error|Write|OpenStandard)|\.(Styled(Error)?|Unescaped)\b")]
    private static partial Regex AroundEscaping();
}
