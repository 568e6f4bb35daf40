using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using EdgeOperator.Cli.Output;
using EdgeOperator.Testing;

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

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Every_command_on_the_page_is_understood(string page)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Root, page));
        foreach (var command in Commands(text))
        {
            var words = CommandLineParser.SplitCommandLine(command).Skip(1).Where(word => !word.StartsWith('[') && word != "…").ToArray();

            var line = new EdgeopCommand(new Terminal { Stdout = Stream.Null, Stderr = TextWriter.Null }).Parse(words);

            // A verb alone is its name: what it needs is told elsewhere.
            var isName = words.All(word => !word.StartsWith('-') && char.IsLower(word[0]));
            line.Errors.Select(error => error.Message).Where(message => !isName || message.Contains("Unrecognized", StringComparison.Ordinal))
                .Should().BeEmpty("{0} says {1}", page, command);

            // An option that is not known is parsed as an argument.
            line.CommandResult.Tokens.Select(token => token.Value).Where(word => word.StartsWith("--", StringComparison.Ordinal) && words.TakeWhile(w => w != "--").Contains(word))
                .Should().BeEmpty("{0} says {1}", page, command);
        }
    }

    [Fact]
    public async Task The_first_commands_do_on_a_folder_with_the_first_manifest_what_the_page_says()
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Root, "README.md"));
        using var work = new TempFolder();
        var manifest = YamlBlock().Match(text).Groups[1].Value;
        work.Write(manifest[2..manifest.IndexOf('\n', StringComparison.Ordinal)], manifest);
        var commands = Commands(text).Where(command => command.EndsWith(" fleet", StringComparison.Ordinal)).ToArray();

        commands.Should().HaveCountGreaterThan(1);
        foreach (var command in commands)
        {
            var run = await Edgeop.RunAsync(
                [.. command.Replace(" fleet", $" {work.Path}/fleet", StringComparison.Ordinal).Split(' ').Skip(1)],
                isTerminal: false, variable: name => name == "XDG_STATE_HOME" ? "/nowhere" : null, time: TimeProvider.System);

            run.ExitCode.Should().BeOneOf([0, 2], "{0} says {1}", command, run.Error);
        }
    }

    // Whole lines of blocks, and what is quoted in a sentence. Of alternatives (-u\|-w) the first.
    private static IEnumerable<string> Commands(string text) =>
        text.Split("\n```").Where((_, index) => index % 2 == 1).SelectMany(block => block.Split('\n')).Where(line => line.StartsWith("edgeop ", StringComparison.Ordinal))
            .Concat(Quoted().Matches(text).Select(quoted => quoted.Groups[1].Value))
            .Select(command => Alternatives().Replace(AfterCommand().Replace(command, ""), "").TrimEnd());

    private static string FindRoot(string folder) => File.Exists(Path.Combine(folder, "EdgeOperator.sln")) ? folder : FindRoot(Path.GetDirectoryName(folder)!);

    [GeneratedRegex("[0-9a-f]+…")]
    private static partial Regex ShortHash();

    [GeneratedRegex("`(edgeop [^`]*)`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@" +[#>&|].*$")]
    private static partial Regex AfterCommand();

    [GeneratedRegex(@"(?:\\\|[^ ]*)+")]
    private static partial Regex Alternatives();

    [GeneratedRegex("```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex YamlBlock();
}
