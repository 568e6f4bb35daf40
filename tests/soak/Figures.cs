using System.Globalization;
using System.Text;

namespace EdgeOperator.Soak;

/// <summary>What a run has done, and how long the device took to be as desired again.</summary>
internal sealed class Figures
{
    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, List<TimeSpan>> _times = new(StringComparer.Ordinal);

    public int this[string what] => _counts.GetValueOrDefault(what);

    public void Count(string what) => _counts[what] = this[what] + 1;

    public void Measure(string what, TimeSpan time)
    {
        if (!_times.TryGetValue(what, out var times))
            _times[what] = times = [];
        times.Add(time);
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var (what, count) in _counts)
            text.Append(CultureInfo.InvariantCulture, $"  {what,-40} {count,6}\n");
        foreach (var (what, times) in _times)
        {
            times.Sort();
            text.Append(
                CultureInfo.InvariantCulture,
                $"  {what,-40} median {At(times, 0.5):0.0} s, p95 {At(times, 0.95):0.0} s, max {times[^1].TotalSeconds:0.0} s ({times.Count})\n");
        }

        return text.ToString();
    }

    private static double At(List<TimeSpan> sorted, double quantile) => sorted[(int)((sorted.Count - 1) * quantile)].TotalSeconds;
}
