using System.Text;
using EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;
using EdgeOperator.Core.Text;
using EdgeOperator.Platform.Metrics;

namespace EdgeOperator.Agent.Tests.Fuzz;

/// <summary>Lines that apps and guests print.</summary>
public sealed class TextFuzzTests
{
    [Fact]
    public void A_guests_report_is_read_or_refused() => Fuzzing.Feed(
        ["boot 1f0c\nuptime 12.34\nmemory.total 1000\nmemory.available 900\ndisk.total 99\ndisk.used 1\naddress 10.0.2.15\naddress fe80::1\nengine 27.1\nslot a\nproblem it is hot\n"],
        bytes => GuestReportText.Parse(Encoding.UTF8.GetString(bytes)));

    [Fact]
    public void An_apps_metrics_are_put_together_whatever_they_are() => Fuzzing.Feed(
        ["# HELP calls_total Calls.\n# TYPE calls_total counter\ncalls_total{function=\"a b\"} 12\n# TYPE up gauge\nup 1 1700000000\n"],
        bytes =>
        {
            var union = new PrometheusUnion("app");
            union.Add("one", Encoding.UTF8.GetString(bytes));
            union.Add("two", Encoding.UTF8.GetString(bytes));
            union.Render();
        });

    [Fact]
    public void No_text_gets_to_a_terminal_unescaped() => Fuzzing.Feed(
        ["plain\n", "\e[31mred\e[0m \u202eback\u202c \u200b 😀\r\n"],
        bytes => TerminalText.Escape(Encoding.UTF8.GetString(bytes)).EnumerateRunes().Where(TerminalText.IsUnsafe).Should().BeEmpty());
}
