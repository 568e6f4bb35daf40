using System.Text;

namespace EdgeOperator.Benchmarks;

/// <summary>The whole report as Markdown; sections in the order of their letters, however they were measured.</summary>
internal sealed class Report(string machine, BenchOptions options)
{
    private readonly SortedDictionary<char, Section> _sections = [];

    public void Add(char letter, Section section) => _sections.Add(letter, section);

    public override string ToString()
    {
        var text = new StringBuilder($"# Measurements\n\n{machine}\n");
        if (options.Quick)
            text.Append("\n**A quick run: too few repetitions to quote.**\n");
        foreach (var (letter, section) in _sections)
            text.Append($"\n{section.ToString().Replace("### ", $"## ({letter}) ", StringComparison.Ordinal)}");
        return text.ToString();
    }
}
