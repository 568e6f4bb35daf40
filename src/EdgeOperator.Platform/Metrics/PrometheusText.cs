using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace EdgeOperator.Platform.Metrics;

/// <summary>
/// Collects one meter's measurements and renders them in Prometheus' text format 0.0.4: base units in the names,
/// <c>_total</c> on counters, cumulative buckets.
/// </summary>
public sealed class PrometheusText : IDisposable
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, PrometheusFamily> _families = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();

    public PrometheusText(Meter meter)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter, meter))
                listener.EnableMeasurementEvents(instrument, Add(instrument));
        };
        _listener.SetMeasurementEventCallback<double>((_, value, tags, family) => Record(family, value, tags));
        _listener.SetMeasurementEventCallback<long>((_, value, tags, family) => Record(family, value, tags));
        _listener.SetMeasurementEventCallback<int>((_, value, tags, family) => Record(family, value, tags));
        _listener.Start();
    }

    public string Render()
    {
        lock (_lock)
        {
            foreach (var family in _families.Values.Where(f => f.IsObservable))
                family.Clear();

            _listener.RecordObservableInstruments();

            var text = new StringBuilder();
            foreach (var family in _families.Values)
                family.Render(text);

            return text.ToString();
        }
    }

    public void Dispose() => _listener.Dispose();

    internal static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        double.NaN => "NaN",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    private PrometheusFamily Add(Instrument instrument)
    {
        var family = PrometheusFamily.Of(instrument);
        lock (_lock)
            _families[family.Name] = family;

        return family;
    }

    private void Record(object? family, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_lock)
            ((PrometheusFamily)family!).Record(value, tags);
    }
}
