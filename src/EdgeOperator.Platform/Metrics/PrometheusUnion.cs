using System.Text;

namespace EdgeOperator.Platform.Metrics;

/// <summary>
/// Puts the metrics of several processes of one kind together, in Prometheus' text format 0.0.4: every sample gets a label that
/// says whose it is, and each family stands there once, as the format demands.
/// </summary>
/// <param name="label">The label's name.</param>
public sealed class PrometheusUnion(string label)
{
    /// <summary>Characters.</summary>
    private const int LongestLine = 2000;

    /// <summary>Of one process; further ones are left out.</summary>
    private const int MostLines = 10_000;

    private readonly SortedDictionary<string, Family> _families = new(StringComparer.Ordinal);

    /// <summary>Adds the metrics of a process. Lines that are no metrics are left out.</summary>
    /// <param name="owner">The label's value: letters, digits and <c>-</c>.</param>
    public void Add(string owner, string text)
    {
        Family? family = null;
        var lines = 0;
        foreach (var range in text.AsSpan().Split('\n'))
        {
            if (text[range] is not { Length: > 0 and <= LongestLine } line || ++lines > MostLines)
                continue;
            if (line.Split(' ', 4) is ["#", "HELP" or "TYPE", var name, _])
            {
                if (!_families.TryGetValue(name, out family))
                    _families[name] = family = new();
                if (family.Samples.Count == 0 && !family.Heading.Contains(line))
                    family.Heading.Add(line);
            }
            else if (line[0] != '#' && Labelled(line, owner) is { } sample)
            {
                family?.Samples.Add(sample);
            }
        }
    }

    public string Render()
    {
        var text = new StringBuilder();
        foreach (var line in _families.Values.SelectMany(f => f.Heading.Concat(f.Samples)))
            text.Append(line).Append('\n');
        return text.ToString();
    }

    private string? Labelled(string sample, string owner) => (sample.IndexOf('{'), sample.IndexOf(' ')) switch
    {
        (var brace and > 0, var blank) when brace < blank => $"{sample[..brace]}{{{label}=\"{owner}\",{sample[(brace + 1)..]}",
        (_, var blank and > 0) => $"{sample[..blank]}{{{label}=\"{owner}\"}}{sample[blank..]}",
        _ => null,
    };

    private sealed class Family
    {
        public List<string> Heading { get; } = [];

        public List<string> Samples { get; } = [];
    }
}
