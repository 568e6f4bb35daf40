using System.Diagnostics.Metrics;
using EdgeOperator.Platform.Metrics;

namespace EdgeOperator.Platform.Tests.Metrics;

public sealed class PrometheusTextTests : IDisposable
{
    private readonly Meter _meter = new("Test");
    private readonly PrometheusText _text;

    public PrometheusTextTests() => _text = new(_meter);

    public void Dispose()
    {
        _text.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public void A_counter_adds_up_by_its_labels()
    {
        var steps = _meter.CreateCounter<long>("edgeoperator.steps", description: "Steps.");
        steps.Add(2, new("outcome", "failed"), new("kind", "PullImage"));
        steps.Add(3, new("kind", "PullImage"), new("outcome", "failed"));
        steps.Add(1, new KeyValuePair<string, object?>("kind", "Create"));

        _text.Render().Should().Be(
            """
            # HELP edgeoperator_steps_total Steps.
            # TYPE edgeoperator_steps_total counter
            edgeoperator_steps_total{kind="Create"} 1
            edgeoperator_steps_total{kind="PullImage",outcome="failed"} 5

            """);
    }

    [Fact]
    public void A_histogram_has_cumulative_buckets_a_sum_and_a_count()
    {
        var duration = _meter.CreateHistogram(
            "edgeoperator.reconcile.duration", "s", "Time.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1, 10] });
        foreach (var seconds in new[] { 0.05, 0.1, 0.5, 100 })
            duration.Record(seconds, new KeyValuePair<string, object?>("outcome", "changed"));

        _text.Render().Should().Be(
            """
            # HELP edgeoperator_reconcile_duration_seconds Time.
            # TYPE edgeoperator_reconcile_duration_seconds histogram
            edgeoperator_reconcile_duration_seconds_bucket{outcome="changed",le="0.1"} 2
            edgeoperator_reconcile_duration_seconds_bucket{outcome="changed",le="1"} 3
            edgeoperator_reconcile_duration_seconds_bucket{outcome="changed",le="10"} 3
            edgeoperator_reconcile_duration_seconds_bucket{outcome="changed",le="+Inf"} 4
            edgeoperator_reconcile_duration_seconds_sum{outcome="changed"} 100.65
            edgeoperator_reconcile_duration_seconds_count{outcome="changed"} 4

            """);
    }

    [Fact]
    public void A_gauge_shows_what_is_now_and_forgets_what_was()
    {
        Measurement<long>[] now = [new(1, new KeyValuePair<string, object?>("kind", "Old"))];
        _meter.CreateObservableGauge("edgeoperator.resources", () => now, description: "Resources.");
        _text.Render().Should().Contain("edgeoperator_resources{kind=\"Old\"} 1\n");

        now = [new(7, new KeyValuePair<string, object?>("kind", "New"))];

        _text.Render().Should().EndWith("# TYPE edgeoperator_resources gauge\nedgeoperator_resources{kind=\"New\"} 7\n");
    }

    [Fact]
    public void Backslash_quote_and_line_end_are_escaped()
    {
        var counter = _meter.CreateCounter<long>("c", description: "a\\b\nc \"d\"");
        counter.Add(1, new KeyValuePair<string, object?>("path", "C:\\x \"y\"\nz"));

        _text.Render().Should().Be(
            "# HELP c_total a\\\\b\\nc \"d\"\n" +
            "# TYPE c_total counter\n" +
            "c_total{path=\"C:\\\\x \\\"y\\\"\\nz\"} 1\n");
    }

    [Theory]
    [InlineData(double.PositiveInfinity, "+Inf")]
    [InlineData(double.NegativeInfinity, "-Inf")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(1e21, "1E+21")]
    [InlineData(0.1, "0.1")]
    public void Numbers_are_Prometheus_numbers(double value, string text) => PrometheusText.Number(value).Should().Be(text);

    [Fact]
    public void Another_meters_instruments_are_not_ours()
    {
        using var other = new Meter("Test");
        other.CreateCounter<long>("edgeoperator.foreign").Add(1);

        _text.Render().Should().BeEmpty();
    }
}
