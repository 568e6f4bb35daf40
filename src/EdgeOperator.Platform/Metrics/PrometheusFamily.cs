using System.Diagnostics.Metrics;
using System.Text;

namespace EdgeOperator.Platform.Metrics;

/// <summary>One instrument's series, by their labels. Not thread-safe: <see cref="PrometheusText"/> guards it.</summary>
public sealed class PrometheusFamily
{
    private static readonly double[] DefaultBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly string _type;
    private readonly string _help;
    private readonly double[]? _bounds;
    private readonly SortedDictionary<string, Series> _series = new(StringComparer.Ordinal);

    private PrometheusFamily(string name, string type, string help, bool isObservable, double[]? bounds)
    {
        Name = name;
        _type = type;
        _help = help;
        IsObservable = isObservable;
        _bounds = bounds;
    }

    public string Name { get; }

    /// <summary>Its value is read when the metrics are, rather than set at each change.</summary>
    public bool IsObservable { get; }

    public static PrometheusFamily Of(Instrument instrument)
    {
        var kind = instrument.GetType().Name;
        var type = kind.StartsWith("Histogram", StringComparison.Ordinal) ? "histogram"
            : kind.Contains("Counter", StringComparison.Ordinal) && !kind.Contains("UpDown", StringComparison.Ordinal) ? "counter"
            : "gauge";
        var bounds = type == "histogram"
            ? (instrument as Histogram<double>)?.Advice?.HistogramBucketBoundaries?.ToArray() ?? DefaultBounds
            : null;

        return new(FullName(instrument, type), type, instrument.Description ?? "", instrument.IsObservable, bounds);
    }

    public void Clear() => _series.Clear();

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = Labels(tags);
        if (!_series.TryGetValue(labels, out var series))
            _series[labels] = series = new() { Buckets = _bounds is null ? [] : new long[_bounds.Length] };

        if (_bounds is null)
        {
            series.Value = _type == "counter" && !IsObservable ? series.Value + value : value;
            return;
        }

        series.Count++;
        series.Value += value;
        if (Array.FindIndex(_bounds, bound => value <= bound) is var bucket and >= 0)
            series.Buckets[bucket]++;
    }

    public void Render(StringBuilder text)
    {
        text.Append("# HELP ").Append(Name).Append(' ').Append(_help.Replace("\\", "\\\\").Replace("\n", "\\n")).Append('\n');
        text.Append("# TYPE ").Append(Name).Append(' ').Append(_type).Append('\n');
        foreach (var (labels, series) in _series)
        {
            if (_bounds is null)
                Line(text, Name, labels, PrometheusText.Number(series.Value));
            else
                RenderHistogram(text, labels, series);
        }
    }

    private void RenderHistogram(StringBuilder text, string labels, Series series)
    {
        var separator = labels.Length == 0 ? "" : ",";
        var cumulative = 0L;
        for (var i = 0; i < _bounds!.Length; i++)
        {
            cumulative += series.Buckets[i];
            Line(text, Name + "_bucket", $"{labels}{separator}le=\"{PrometheusText.Number(_bounds[i])}\"", cumulative.ToString());
        }

        Line(text, Name + "_bucket", $"{labels}{separator}le=\"+Inf\"", series.Count.ToString());
        Line(text, Name + "_sum", labels, PrometheusText.Number(series.Value));
        Line(text, Name + "_count", labels, series.Count.ToString());
    }

    private static void Line(StringBuilder text, string name, string labels, string value)
    {
        text.Append(name);
        if (labels.Length > 0)
            text.Append('{').Append(labels).Append('}');

        text.Append(' ').Append(value).Append('\n');
    }

    private static string FullName(Instrument instrument, string type)
    {
        var unit = instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", "Cel" => "_celsius", _ => "" };
        return Clean(instrument.Name) + unit + (type == "counter" ? "_total" : "");
    }

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var sorted = tags.ToArray();
        Array.Sort(sorted, (a, b) => string.CompareOrdinal(a.Key, b.Key));
        return string.Join(',', sorted.Select(t => $"{Clean(t.Key)}=\"{Escape(t.Value?.ToString() ?? "")}\""));
    }

    private static string Clean(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));

    private static string Escape(string value) => value.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n");

    private sealed class Series
    {
        /// <summary>The value, or a histogram's sum.</summary>
        public double Value { get; set; }

        public long Count { get; set; }

        public required long[] Buckets { get; init; }
    }
}
