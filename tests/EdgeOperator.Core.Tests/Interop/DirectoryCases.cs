using EdgeOperator.Core.Interop;

namespace EdgeOperator.Core.Tests.Interop;

public sealed class DirectoryCases
{
    [Fact]
    public void Programs_start_where_the_cases_expect()
    {
        var host = new CaseFile.Host();
        foreach (var line in CaseFile.Lines("directories.txt").Where(line => !host.Reads(line)))
        {
            var (call, expected) = CaseFile.Arrow(line);
            Start(call, host.Paths).Should().Be(expected, line);
        }
    }

    private static string Start(string call, PathMap paths)
    {
        if (call.StartsWith("guest ", StringComparison.Ordinal))
            return WorkingDirectory.InGuest(call["guest ".Length..], paths) ?? "home";
        var parts = call["host ".Length..].Split(", started ");
        return WorkingDirectory.OnHost(parts[0], parts[1] == "nothing" ? null : parts[1], paths);
    }
}
