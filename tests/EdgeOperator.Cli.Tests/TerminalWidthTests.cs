using System.Text.RegularExpressions;
using EdgeOperator.Cli.Output;

namespace EdgeOperator.Cli.Tests;

/// <summary>Every list at every usual width, with the longest texts that there are.</summary>
public sealed partial class TerminalWidthTests : AgainstAnAgent
{
    private static readonly string Long = string.Concat(Enumerable.Range(0, 12).Select(i => $"SimulatedTemperatureSensor-{i}.温度 "));

    public static TheoryData<int, string[]> Lists
    {
        get
        {
            var lists = new TheoryData<int, string[]>();
            foreach (var width in new[] { 60, 80, 120, 200 })
            {
                foreach (var verb in new string[][] { ["status"], ["get"], ["describe", "EdgeModule", "web"], ["events"], ["history"], ["function", "list"], ["function", "keys", "list", "app"], ["function", "deployments", "app"] })
                {
                    lists.Add(width, verb);
                    lists.Add(width, [.. verb, "-o", "wide"]);
                }
            }

            return lists;
        }
    }

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task No_line_is_wider_than_the_terminal_and_the_longest_message_is_whole(int width, string[] verb)
    {
        HostileDevice.Say(Agent, Long);

        var run = await OnTerminalAsync(width, [.. verb, "--no-color"]);

        run.ExitCode.Should().Be(0, run.Error);
        run.Out.Split('\n').Should().OnlyContain(line => TextWrap.Width(line) <= width);
        for (var i = 0; i < 12; i++)
            run.Out.Should().Contain($"Sensor-{i}.");
        run.Out.Should().NotContain("…");
    }

    [Theory]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(200)]
    public async Task A_plan_and_followed_events_are_broken_too(int width)
    {
        await using var device = new FolderDevice();
        device.Desire("content: hello");
        var plan = await device.OnTerminalAsync(width, "plan", "--no-color");

        plan.Out.Split('\n').Should().OnlyContain(line => line.Length <= width);
        Space().Replace(plan.Out, "").Should().Contain(device.Motd).And.Contain("itismissing");

        HostileDevice.Say(Agent, Long);
        using var interrupt = new CancellationTokenSource();
        var output = new WatchedStream();
        var following = Edgeop.RunAsync(["events", "-f", "--socket", Served.Socket], isTerminal: true, stdout: output, width: width, cancellation: interrupt.Token);
        await output.HasLinesAsync(2);
        await interrupt.CancelAsync();
        await following;
        output.Lines.Should().OnlyContain(line => TextWrap.Width(line) <= width);
    }

    [Theory]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(120)]
    [InlineData(200)]
    public async Task The_fields_that_a_plan_changes_are_broken_at_the_width_and_whole(int width)
    {
        await using var device = new FolderDevice();
        device.Desire($"content: {Words("old")}");
        (await device.RunAsync("apply")).ExitCode.Should().Be(0);
        device.Desire($"content: {Words("new")}");

        var plan = await device.OnTerminalAsync(width, "plan", "--no-color");

        plan.Out.Split('\n').Should().OnlyContain(line => TextWrap.Width(line) <= width);
        Space().Replace(plan.Out, "").Should().Contain($"content:{Words("old")}→{Words("new")}1tochange".Replace(" ", "", StringComparison.Ordinal));

        static string Words(string word) => string.Join(' ', Enumerable.Range(10, 18).Select(i => $"{word}{i}"));
    }

    [Fact]
    public async Task At_80_columns_a_long_name_keeps_its_row_and_the_message_goes_below_it()
    {
        Agent.Status = Agent.Status with
        {
            Resources = [Agent.Status.Resources[1] with { Name = "SimulatedTemperatureSensor", Summary = "mcr.microsoft.com/azureiotedge-simulated-temperature-sensor:1.0" }],
        };

        (await OnTerminalAsync(80, "get", "--no-color")).Out.Should().Be("""
            RESOURCE                               READY  STATE    WHAT
            EdgeModule/SimulatedTemperatureSensor  True   running  mcr.microsoft.com/
                                                                   azureiotedge-simulated-
                                                                   temperature-sensor:1.0
              running and healthy

            """);
    }

    [Fact]
    public async Task Identifiers_are_abbreviated_but_not_in_wide()
    {
        const string Id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
        Agent.Runs = [Agent.Runs[0] with { Revision = Id }];

        (await OnTerminalAsync(200, "history")).Out.Should().Contain("0123456789ab").And.NotContain(Id);
        (await OnTerminalAsync(200, "history", "-o", "wide")).Out.Should().Contain(Id);
        (await RunAsync("history")).Out.Should().Contain(Id);
    }

    [GeneratedRegex(@"\s")]
    private static partial Regex Space();
}
