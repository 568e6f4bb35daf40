using System.Text.RegularExpressions;

namespace EdgeOperator.Cli.Tests;

/// <summary>What the documentation prints can be used as it is printed.</summary>
public sealed partial class ReadmeTests
{
    private static readonly string Root = FindRoot(AppContext.BaseDirectory);

    public static TheoryData<string> Pages => ["README.md", .. Directory.GetFiles(Path.Combine(Root, "docs"), "*.md").Select(f => $"docs/{Path.GetFileName(f)}")];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Every_manifest_on_the_page_is_valid(string page)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Root, page));
        foreach (var manifest in YamlBlock().Matches(text).Select(block => block.Groups[1].Value).Where(yaml => yaml.Contains("apiVersion: edgeoperator.io", StringComparison.Ordinal)))
        {
            var run = await Edgeop.RunAsync(["validate", "-"], isTerminal: false, stdin: ShortHash().Replace(manifest, new string('a', 64)));

            // The files that it names are not printed beside it.
            run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.Contains("the source has no f", StringComparison.Ordinal))
                .Should().BeEmpty("{0} prints\n{1}", page, manifest);
        }
    }

    [Fact]
    public async Task The_first_manifest_can_be_planned_on_a_machine_without_a_configuration()
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Root, "README.md"));

        // Planning reads the state and makes none.
        var run = await Edgeop.RunAsync(
            ["plan", "-"], isTerminal: false, variable: name => name == "XDG_STATE_HOME" ? "/nowhere" : null, time: TimeProvider.System, stdin: YamlBlock().Match(text).Groups[1].Value);

        // Where there is no engine, that is all that it can say.
        run.ExitCode.Should().Be(0);
        run.Out.Should().ContainAny("write /etc/motd", "no engine listens on");
    }

    private static string FindRoot(string folder) => File.Exists(Path.Combine(folder, "EdgeOperator.sln")) ? folder : FindRoot(Path.GetDirectoryName(folder)!);

    [GeneratedRegex("[0-9a-f]+…")]
    private static partial Regex ShortHash();

    [GeneratedRegex("```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex YamlBlock();
}
