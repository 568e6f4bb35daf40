using System.Diagnostics;
using EdgeOperator.Core.Text;
using EdgeOperator.Platform.Logging;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Platform.Tests.Logging;

public sealed class ProgramLoggingTests
{
    [Fact]
    public void A_terminal_gets_a_line_with_time_level_name_message_and_scope()
    {
        var line = Logged(new TerminalLine(colour: false, TerminalText.EscapeLine), logger => logger.LogWarning(7, "The {Thing}\nfailed\e[31m\u202e", "pull"));

        line.Should().Be("12:00:00 warn  Loop: The pull failed^[[31m<U+202E> (revision 1a2b3c4, Pass 3)\n");
    }

    [Fact]
    public void A_journal_gets_one_JSON_object_a_line()
    {
        var line = Logged(new JsonLine(), logger => logger.LogWarning(7, "The {Thing}\nfailed", "pull"));

        line.Should().Be(
            """{"time":"2026-07-01T12:00:00Z","level":"warning","category":"Loop","event":7,"message":"The pull\nfailed","revision":"1a2b3c4","pass":"3"}""" + "\n");
    }

    [Fact]
    public void A_journal_is_told_the_trace_that_a_line_belongs_to()
    {
        using var activity = new Activity("pass").Start();

        var line = Logged(new JsonLine(), logger => logger.LogWarning("It failed"));

        line.Should().EndWith($""","traceId":"{activity.TraceId}","spanId":"{activity.SpanId}"{'}'}""" + "\n");
    }

    [Fact]
    public void What_a_terminal_could_act_on_is_in_a_journal_only_as_JSON_s_escapes()
    {
        const string Hostile = "größe 温度 😀\e[2J\u009b31m\u0085\u202etxt.exe\u2066\u2069\u200b\u2028\ufeff\U000e0041\r\nfake";

        var line = Logged(new JsonLine(), logger => logger.LogWarning(new InvalidOperationException(Hostile), "{Message}", Hostile));

        line[..^1].EnumerateRunes().Where(TerminalText.IsUnsafe).Should().BeEmpty();
        line.Count(c => c == '\n').Should().Be(1);
        line.Should().Contain("größe 温度").And.Contain("\\u202e");
        System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("message").GetString().Should().Be(Hostile);
    }

    [Fact]
    public void An_exception_is_told_in_a_line_and_in_full_as_JSON()
    {
        var exception = new InvalidOperationException("broken");

        Logged(new TerminalLine(colour: false, TerminalText.EscapeLine), l => l.LogError(exception, "It")).Should().EndWith(": InvalidOperationException: broken\n");
        Logged(new JsonLine(), l => l.LogError(exception, "It")).Should().Contain("\"exception\":\"System.InvalidOperationException: broken\"");
    }

    [Fact]
    public void Colour_is_only_where_it_is_wanted()
    {
        Logged(new TerminalLine(colour: true, TerminalText.EscapeLine), l => l.LogInformation("x")).Should().Contain("\e[32minfo\e[0m ");
    }

    [Theory]
    [InlineData(null, null, null, false)]
    [InlineData(null, "8:1234", null, true)]
    [InlineData(null, null, "abcd", true)]
    [InlineData("json", null, null, true)]
    [InlineData("text", "8:1234", "abcd", false)]
    public void Systemd_gets_JSON_unless_told_otherwise(string? format, string? journal, string? invocation, bool json)
    {
        var variables = new Dictionary<string, string?>
        {
            ["EDGEOP_LOG_FORMAT"] = format,
            ["JOURNAL_STREAM"] = journal,
            ["INVOCATION_ID"] = invocation,
        };

        ProgramLogging.IsJson(variables.GetValueOrDefault).Should().Be(json);
    }

    [Theory]
    [InlineData(false, "seen\n")]
    [InlineData(true, "hidden\nseen\n")]
    public void Debug_messages_are_for_the_verbose(bool verbose, string expected)
    {
        var output = new StringWriter();
        using var loggers = ProgramLogging.Create(output, verbose, colour: false, TerminalText.EscapeLine, TimeProvider.System, _ => null);
        var logger = loggers.CreateLogger("EdgeOperator.Loop");

        logger.LogDebug("hidden");
        logger.LogInformation("seen");
        loggers.CreateLogger("Microsoft.AspNetCore.Hosting").LogInformation("noise");

        string.Concat(output.ToString().Split('\n').SkipLast(1).Select(l => l[(l.LastIndexOf(' ') + 1)..] + "\n")).Should().Be(expected);
    }

    private static string Logged(ILineFormat format, Action<ILogger> log)
    {
        var output = new StringWriter();
        using var loggers = LoggerFactory.Create(b => b.AddProvider(new LineLoggerProvider(output, format, new Noon())));
        var logger = loggers.CreateLogger("EdgeOperator.Agent.Loop");
        using (logger.BeginScope(new Dictionary<string, object?> { ["revision"] = "1a2b3c4" }))
        using (logger.BeginScope("pass {Pass}", 3))
            log(logger);

        return output.ToString();
    }

    private sealed class Noon : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);
    }
}
