using System.Text.RegularExpressions;

namespace EdgeOperator.Core.Tests.Fleets;

/// <summary>The list of what goes wrong elsewhere names tests that there are.</summary>
public sealed partial class KnownFailureListTests
{
    [Fact]
    public void Every_test_that_it_names_exists()
    {
        var folder = AppContext.BaseDirectory;
        while (!System.IO.File.Exists(Path.Combine(folder, "EdgeOperator.sln")))
            folder = Path.GetDirectoryName(folder)!;
        var tests = Path.Combine(folder, "tests");
        var sources = Directory.EnumerateFiles(tests, "*.cs", SearchOption.AllDirectories).ToLookup(file => Path.GetFileNameWithoutExtension(file)!);
        var named = Named().Matches(System.IO.File.ReadAllText(Path.Combine(tests, "known-failures.md"))).Select(match => (Class: match.Groups[1].Value, Test: match.Groups[2].Value)).Distinct().ToList();

        named.Should().HaveCountGreaterThan(50);
        named.Where(test => !sources[test.Class].Any(file => System.IO.File.ReadAllText(file).Contains($" {test.Test}(", StringComparison.Ordinal))).Should().BeEmpty();
    }

    [GeneratedRegex(@"`(\w+)\.([A-Z]\w+)`")]
    private static partial Regex Named();
}
