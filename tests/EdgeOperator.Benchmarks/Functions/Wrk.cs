using System.Globalization;
using System.Text.RegularExpressions;
using EdgeOperator.Testing;

namespace EdgeOperator.Benchmarks.Functions;

/// <summary>What a server did under as much load as it takes.</summary>
/// <param name="Rate">Requests a second.</param>
/// <param name="P50">Milliseconds.</param>
/// <param name="P99">Milliseconds.</param>
internal sealed record Load(double Rate, double P50, double P99)
{
    /// <summary>The run in the middle: what else the machine does spoils single ones.</summary>
    public static Load Median(IEnumerable<Load> loads)
    {
        var sorted = loads.OrderBy(l => l.Rate).ToArray();
        return sorted[sorted.Length / 2];
    }

    public string[] Row(string name, string share) =>
        [name, Rate.ToString("#,0", CultureInfo.InvariantCulture), Section.Milliseconds(P50), Section.Milliseconds(P99), share];
}

/// <summary>https://github.com/wg/wrk with 64 kept connections.</summary>
internal static partial class Wrk
{
    public const int Connections = 64;

    /// <exception cref="InvalidOperationException">A request failed: the numbers would mean nothing.</exception>
    public static async Task<Load> RunAsync(string url, int seconds)
    {
        var output = await Shell.RunAsync("wrk", "-t1", $"-c{Connections}", $"-d{seconds}s", "--latency", url);
        if (output.Contains("Non-2xx", StringComparison.Ordinal) || output.Contains("Socket errors", StringComparison.Ordinal))
            throw new InvalidOperationException($"{url} failed under load: {output}");
        return new(
            double.Parse(Rate().Match(output).Groups[1].Value, CultureInfo.InvariantCulture), Percentile(output, 50), Percentile(output, 99));
    }

    private static double Percentile(string output, int percent)
    {
        var match = Latency().Matches(output).First(m => m.Groups[1].Value == $"{percent}");
        var value = double.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture);
        return match.Groups[3].Value switch
        {
            "us" => value / 1000,
            "ms" => value,
            _ => value * 1000,
        };
    }

    [GeneratedRegex(@"Requests/sec:\s+([\d.]+)")]
    private static partial Regex Rate();

    [GeneratedRegex(@"^\s+(\d+)%\s+([\d.]+)(us|ms|s)", RegexOptions.Multiline)]
    private static partial Regex Latency();
}
