using EdgeOperator.Core.Interop;

namespace EdgeOperator.Core.Tests.Interop;

public sealed class PathCases
{
    public static TheoryData<string, string> All()
    {
        var cases = new TheoryData<string, string>();
        foreach (var file in new[] { "paths-wsl.txt", "paths-linux.txt" })
        {
            foreach (var line in CaseFile.Lines(file).Where(line => line[0] == '-' || line.StartsWith("list-", StringComparison.Ordinal)))
                cases.Add(file, line);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_path_is_translated_as_the_case_expects(string file, string line)
    {
        var (call, expected) = CaseFile.Arrow(line);

        Translate(file, call).Should().Be(expected == "none" ? null : expected);
    }

    private static string? Translate(string file, string call)
    {
        var host = new CaseFile.Host();
        var given = CaseFile.Lines(file).Where(line => !host.Reads(line)).ToArray();
        string Directory(string side) => given.Single(line => line.StartsWith(side + "-directory ", StringComparison.Ordinal)).Split(' ', 2)[1];

        var absolute = call.StartsWith("-a ", StringComparison.Ordinal);
        var (word, path) = call[(absolute ? 3 : 0)..].Split(' ', 2) is [var first, var rest] ? (first, rest) : throw new FormatException(call);
        var paths = host.Paths;
        return word switch
        {
            "-u" => paths.Translate(PathForm.Guest, path, Directory("host"), absolute),
            "-w" => paths.Translate(PathForm.Host, path, Directory("guest"), absolute),
            "-m" => paths.Translate(PathForm.Mixed, path, Directory("guest"), absolute),
            "list-to-guest" => paths.ListToGuest(path, Directory("host")),
            "list-to-host" => paths.ListToHost(path, Directory("guest")),
            _ => throw new FormatException(call),
        };
    }
}
