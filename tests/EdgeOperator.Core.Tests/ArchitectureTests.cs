using System.Xml.Linq;

namespace EdgeOperator.Core.Tests;

/// <summary>The rule that dependencies go down only, read from the project files.</summary>
public sealed class ArchitectureTests
{
    [Fact]
    public void Core_uses_no_other_project_and_no_hosting()
    {
        References("EdgeOperator.Core", "ProjectReference").Should().BeEmpty();
        References("EdgeOperator.Core", "FrameworkReference").Should().BeEmpty();
        References("EdgeOperator.Core", "PackageReference").Should().Equal("YamlDotNet");
    }

    [Fact]
    public void The_platform_uses_no_other_project() => References("EdgeOperator.Platform", "ProjectReference").Should().BeEmpty();

    [Theory]
    [InlineData("EdgeOperator.Agent")]
    [InlineData("EdgeOperator.Functions")]
    [InlineData("EdgeOperator.Hub")]
    public void An_agent_a_host_and_a_hub_use_Core_and_the_platform(string project) =>
        References(project, "ProjectReference").Should().Equal("EdgeOperator.Core", "EdgeOperator.Platform");

    [Fact]
    public void The_command_line_uses_the_agent_Core_and_the_platform() =>
        References("EdgeOperator.Cli", "ProjectReference").Should().Contain("EdgeOperator.Agent").And.BeSubsetOf(["EdgeOperator.Agent", "EdgeOperator.Core", "EdgeOperator.Platform"]);

    [Fact]
    public void No_executable_is_used_by_another_project()
    {
        var projects = Directory.GetDirectories(Sources).Select(folder => Path.GetFileName(folder)!).Where(name => File.Exists(Path.Combine(Sources, name, $"{name}.csproj"))).ToArray();
        var executables = projects.Where(p => Project(p).Descendants("OutputType").Any(o => o.Value == "Exe"));

        projects.SelectMany(p => References(p, "ProjectReference")).Should().NotIntersectWith(executables);
    }

    [Fact]
    public void Core_is_pure()
    {
        string[] impure = ["System.IO.File.", "File.Read", "File.Write", "File.Open", "Directory.Get", "HttpClient", "new Socket(", "Process.Start", "DateTime.Now", "DateTime.UtcNow", "TimeProvider", "Environment.", "new Random(", "Random.Shared"];
        var code = Directory.GetFiles(Path.Combine(Sources, "EdgeOperator.Core"), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal));

        code.SelectMany(f => impure.Where(File.ReadAllText(f).Contains).Select(word => $"{Path.GetFileName(f)}: {word}")).Should().BeEmpty();
    }

    private static string Sources { get; } = FindSources();

    private static IEnumerable<string> References(string project, string element) => Project(project)
        .Descendants(element)
        .Select(e => Path.GetFileName(e.Attribute("Include")!.Value).Replace(".csproj", "", StringComparison.Ordinal));

    private static XDocument Project(string name) => XDocument.Load(Path.Combine(Sources, name, $"{name}.csproj"));

    private static string FindSources()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "EdgeOperator.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("the tests do not run inside the repository");
        return Path.Combine(folder, "src");
    }
}
