using System.Collections.Immutable;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;
using EdgeOperator.Core.Twins;

namespace EdgeOperator.Core.Tests.Twins;

public sealed class TwinReportTests
{
    [Fact]
    public void A_report_has_revisions_conditions_and_resources()
    {
        var report = TwinReport.Of(Status(2) with { Applied = new("abc", "main@abc") });

        report["applied"]!.GetValue<string>().Should().Be("abc");
        report["conditions"]!["Ready"]!["status"]!.GetValue<string>().Should().Be("True");
        report["resources"]!["EdgeModule/m0"]!.ToJsonString().Should().Be("""{"state":"running","ready":"True"}""");
        report["counts"]!.ToJsonString().Should().Be("""{"resources":2,"ready":2}""");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(50)]
    [InlineData(5000)]
    public void A_report_always_fits_whatever_the_number_of_resources(int resources)
    {
        var report = TwinReport.Of(Status(resources));

        TwinSize.Of(report).Should().BeLessThanOrEqualTo(TwinReport.MaxSize);
        TwinWrite.Report(Twin.Initial, report, TwinJson.Now).Problem.Should().BeNull();
        report["counts"]!["resources"]!.GetValue<int>().Should().Be(resources);
        report.ContainsKey("resources").Should().Be(resources <= 50);
    }

    [Fact]
    public void A_long_message_is_cut() => TwinReport.Of(Status(0, new string('x', 10_000)))["conditions"]!["Ready"]!["message"]!.GetValue<string>().Length.Should().BeLessThan(600);

    private static DeviceStatus Status(int resources, string message = "all is well")
    {
        ImmutableArray<Condition> ready = [new(Condition.Ready, ConditionStatus.True, "Succeeded", message, TwinJson.Now, "abc")];
        return new()
        {
            Device = "d",
            AgentVersion = "1.0.0",
            Conditions = ready,
            Resources = [.. Enumerable.Range(0, resources).Select(i => new ResourceStatus { Kind = "EdgeModule", Name = $"m{i}", State = "running", Conditions = ready })],
        };
    }
}
