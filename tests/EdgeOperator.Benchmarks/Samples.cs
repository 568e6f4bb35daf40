using System.Diagnostics;

namespace EdgeOperator.Benchmarks;

/// <summary>Measured times, in milliseconds.</summary>
internal sealed class Samples
{
    private readonly List<double> _values = [];

    public int Count => _values.Count;

    public double Median => Percentile(50);

    public void Add(double milliseconds) => _values.Add(milliseconds);

    public async Task TimeAsync(Func<Task> action)
    {
        var began = Stopwatch.GetTimestamp();
        await action();
        Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
    }

    /// <summary>The smallest value that so many percent of the values do not exceed.</summary>
    public double Percentile(double percent)
    {
        var sorted = _values.Order().ToArray();
        return sorted[Math.Max(0, (int)Math.Ceiling(sorted.Length * percent / 100) - 1)];
    }
}
