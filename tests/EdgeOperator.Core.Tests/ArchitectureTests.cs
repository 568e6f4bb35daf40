using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace EdgeOperator.Core.Tests;

/// <summary>The rule that dependencies go down only, read from the project files.</summary>
public sealed partial class ArchitectureTests
{
    [Fact]
    public void Core_uses_no_other_project_and_no_hosting()
    {
        References("EdgeOperator.Core", "ProjectReference").Should().BeEmpty();
        References("EdgeOperator.Core", "FrameworkReference").Should().BeEmpty();
        References("EdgeOperator.Core", "PackageReference").Should().Equal("BouncyCastle.Cryptography", "Cronos", "YamlDotNet");
    }

    [Fact]
    public void The_platform_uses_no_other_project() => References("EdgeOperator.Platform", "ProjectReference").Should().BeEmpty();

    [Theory]
    [InlineData("EdgeOperator.Functions")]
    [InlineData("EdgeOperator.Git")]
    public void A_host_and_what_is_shared_of_Git_use_Core_and_the_platform(string project) =>
        References(project, "ProjectReference").Should().Equal("EdgeOperator.Core", "EdgeOperator.Platform");

    [Fact]
    public void An_agent_uses_Core_Git_and_the_platform() =>
        References("EdgeOperator.Agent", "ProjectReference").Should().Equal("EdgeOperator.Core", "EdgeOperator.Git", "EdgeOperator.Platform");

    [Fact]
    public void A_hub_uses_Core_Git_the_platform_and_the_portal_which_uses_none_of_them()
    {
        References("EdgeOperator.Hub", "ProjectReference").Should().Equal("EdgeOperator.Core", "EdgeOperator.Git", "EdgeOperator.Platform", "EdgeOperator.Portal");
        References("EdgeOperator.Portal", "ProjectReference").Should().BeEmpty();
    }

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

    /// <summary>
    /// A wall clock may be set at any time, so durations are measured by timestamps, or by times of the agent's steady clock. Here are the
    /// differences between wall clocks that are meant.
    /// </summary>
    private static readonly string[] OfWallClocks =
    [
        "EdgeOperator.Agent/Checks/NetworkProbe.cs: how far a clock is from another one",
        "EdgeOperator.Agent/Clock/SteadyClock.cs: turns steady times into wall clock times",
        "EdgeOperator.Agent/Kinds/ConfigFile/ContentHashes.cs: the age of a file, which is hashed again where it seems young",
        "EdgeOperator.Agent/Kinds/SystemUpdate/SystemUpdateDriver.cs: the steady clock",
        "EdgeOperator.Agent/Kinds/VirtualMachine/Qemu/BootProgress.cs: the age of a file, which the guest's console is",
        "EdgeOperator.Agent/Kinds/VirtualMachine/Qemu/ImageStore.cs: the age of a file, after days",
        "EdgeOperator.Agent/Kinds/VirtualMachine/Qemu/QemuObserver.cs: the steady clock",
        "EdgeOperator.Agent/Kinds/VirtualMachine/Qemu/QemuWatcher.cs: the steady clock",
        "EdgeOperator.Agent/Loop/ReconcileLoop.cs: the steady clock",
        "EdgeOperator.Agent/Sources/TrackedSource.cs: shown only",
        "EdgeOperator.Agent/Sources/Twin/TwinCredentials.cs: what a token says of itself",
        "EdgeOperator.Agent/Sources/Twin/TwinProvisioning.cs: what a token says of itself",
        "EdgeOperator.Cli/Output/Times.cs: shown only",
        "EdgeOperator.Functions/Hosting/CurrentState.cs: shown to clients",
        "EdgeOperator.Functions/Hosting/DesiredApp.cs: the rest of a wait, right away",
        "EdgeOperator.Functions/Hosting/HostLoop.cs: times of the day, and waits that are looked at right away",
        "EdgeOperator.Functions/Queues/Azure/AzureQueue.cs: shown to the function",
        "EdgeOperator.Functions/Timers/TimerListener.cs: times of the day",
        "EdgeOperator.Hub/Events/HubEvents.cs: the age of stored events, after days",
        "EdgeOperator.Hub/Jobs/JobRunner.cs: until an end that is a time of the day",
        "EdgeOperator.Hub/Mqtt/SessionUpkeep.cs: a metric, of what another replica may have written",
        "EdgeOperator.Hub/Provisioning/Attestation.cs: what a token says of itself",
        "EdgeOperator.Hub/Remote/RelayProof.cs: what a proof says of itself",
        "EdgeOperator.Hub/Security/Access.cs: what a token says of itself",
        "EdgeOperator.Hub/Security/ApiTokens.cs: what a token says of itself",
    ];

    [Fact]
    public void No_duration_is_a_difference_between_wall_clocks()
    {
        var found = Directory.GetFiles(Sources, "*.cs", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Sources, file).Replace('\\', '/'))
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && Difference().IsMatch(File.ReadAllText(Path.Combine(Sources, file))));

        found.Except(OfWallClocks.Select(known => known.Split(':')[0])).Should().BeEmpty("durations come from TimeProvider.GetElapsedTime");
    }

    [GeneratedRegex(@"GetUtcNow\(\)\s*[-+]|-\s*\(?[A-Za-z_.]*GetUtcNow\(\)")]
    private static partial Regex Difference();

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
