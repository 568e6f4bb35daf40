using EdgeOperator.Core.Interop;

namespace EdgeOperator.Core.Tests.Interop;

public sealed class WslEnvCases
{
    private static readonly PathMap Windows = PathMap.ForWsl("Ubuntu", ['C', 'D']);
    private static readonly PathMap Linux = new(HostStyle.Unix, [new("/srv/data", "/data/shared", ReadOnly: false)]);

    public static TheoryData<string, string> All()
    {
        var cases = new TheoryData<string, string>();
        foreach (var file in new[] { "wslenv-windows.txt", "wslenv-linux.txt" })
        {
            var blocks = string.Join('\n', CaseFile.All(file).Where(line => !line.StartsWith('#'))).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
            foreach (var block in blocks.Select(block => block.Trim('\n')).Where(block => block.Length > 0))
                cases.Add(file, block);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Variables_cross_as_the_case_expects(string file, string block)
    {
        var lines = block.Replace("<tab>", "\t", StringComparison.Ordinal).Split('\n');
        var arrow = Array.FindIndex(lines, line => line.StartsWith("=> ", StringComparison.Ordinal));
        var defined = lines[..arrow].Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        var paths = file == "wslenv-linux.txt" ? Linux : Windows;

        var crossing = lines[arrow] == "=> guest"
            ? WslEnv.ToGuest(defined.GetValueOrDefault, paths)
            : WslEnv.ToHost(defined.GetValueOrDefault, paths);

        crossing.Select(pair => $"{pair.Key}={pair.Value}").Should().Equal(lines[(arrow + 1)..]);
    }

    [Fact]
    public void Relative_paths_in_a_list_are_meant_from_the_caller_s_directory() =>
        WslEnv.ToHost(name => name == "WSLENV" ? "A/p" : "sub/f:../g", Windows, "/mnt/c/temp").Should().Contain(new KeyValuePair<string, string>("A", @"sub\f;C:\g"));

    [Theory]
    [InlineData(null, "A:B/p", "A:B/p")]
    [InlineData("A:C", "A:B/p", "A:C:B/p")]
    [InlineData("C: ", "A", "C:A")]
    [InlineData("", "", "")]
    public void Declared_entries_follow_those_that_are_there(string? list, string declared, string expected) =>
        WslEnv.Add(list, declared.Split(':', StringSplitOptions.RemoveEmptyEntries)).Should().Be(expected);
}
