using EdgeOperator.Platform.Metrics;

namespace EdgeOperator.Platform.Tests.Metrics;

public class PrometheusUnionTests
{
    [Fact]
    public void Each_family_stands_there_once_and_each_sample_says_whose_it_is()
    {
        var union = new PrometheusUnion("app");
        union.Add("orders", "# HELP calls_total Calls.\n# TYPE calls_total counter\ncalls_total{function=\"pay\"} 3\n# TYPE up gauge\nup 1\n");
        union.Add("heating", "# HELP calls_total Calls.\n# TYPE calls_total counter\ncalls_total{function=\"a b {c}\"} 4\n");

        union.Render().Should().Be("""
            # HELP calls_total Calls.
            # TYPE calls_total counter
            calls_total{app="orders",function="pay"} 3
            calls_total{app="heating",function="a b {c}"} 4
            # TYPE up gauge
            up{app="orders"} 1

            """);
    }

    [Fact]
    public void Little_is_kept_of_a_process_that_tells_too_much()
    {
        var union = new PrometheusUnion("app");
        union.Add("orders", "# TYPE a gauge\n" + string.Concat(Enumerable.Repeat("a 1\n", 1_000_000)) + $"a{{b=\"{new string('x', 10_000)}\"}} 1\n");

        union.Render().Length.Should().BeLessThan(300_000);
    }

    [Fact]
    public void Without_processes_there_is_nothing() => new PrometheusUnion("app").Render().Should().BeEmpty();

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("<html>")]
    [InlineData("lonely 1")]
    public void What_is_no_metric_is_left_out(string text)
    {
        var union = new PrometheusUnion("app");
        union.Add("orders", text);

        union.Render().Should().BeEmpty();
    }
}
