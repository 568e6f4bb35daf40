using System.Collections.Immutable;
using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Tests.Manifests;

/// <summary>What <c>manifests/</c> shows to users is true.</summary>
public class PublishedManifestsTests
{
    private static readonly string Folder = Path.Combine(FindRoot(), "manifests");

    [Theory]
    [InlineData("samples", "shop-sensor")]
    [InlineData("repo", "receipt-printer")]
    public void Every_sample_is_valid_without_a_warning(string folder, string name)
    {
        var device = new DeviceIdentity(
            "device-0001",
            new Dictionary<string, string> { ["sensor"] = "temperature", ["role"] = "till", ["site"] = "berlin" }.ToImmutableSortedDictionary(),
            ImmutableSortedDictionary<string, string>.Empty);

        var result = ManifestReader.Read(RegisteredKinds.All.Manifests, "1", [new("samples", Files(folder))], new(device));

        result.Problems.Should().BeEmpty();
        result.Warnings.Should().BeEmpty();
        result.State!.Modules.Select(module => module.Id.Name).Should().Contain(name);
    }

    [Theory]
    [InlineData("eflow", "eflow")]
    [InlineData("wsl", "tools")]
    public void A_sample_for_other_hosts_is_valid_there(string machines, string name)
    {
        var device = new DeviceIdentity("device-0001", ImmutableSortedDictionary<string, string>.Empty.Add("machines", machines), ImmutableSortedDictionary<string, string>.Empty);

        var result = ManifestReader.Read(RegisteredKinds.All.Manifests, "1", [new("samples", Files("samples"))], new(device));

        result.Problems.Should().BeEmpty();
        result.Warnings.Should().BeEmpty();
        result.State!.Machines.Select(machine => machine.Id.Name).Should().Contain(name);
    }

    [Fact]
    public void The_sample_of_the_agents_own_file_is_valid()
    {
        var result = AgentConfigurationReader.Read(File("samples/agent.yaml"));

        result.Problems.Should().BeEmpty();
        result.Warnings.Should().BeEmpty();
    }

    [Fact]
    public void The_reference_page_lists_every_field_as_it_is()
    {
        var path = Path.Combine(Folder, "README.md");
        var page = System.IO.File.ReadAllText(path);
        var renewed = ReferencePage.Renew(page);
        if (Environment.GetEnvironmentVariable("EDGEOP_RENEW") is not null)
            System.IO.File.WriteAllText(path, renewed);

        page.Should().Be(renewed, "`EDGEOP_RENEW=1 dotnet test tests/EdgeOperator.Core.Tests` writes the tables anew");
    }

    private static List<ManifestFile> Files(string folder) =>
        [.. Directory.EnumerateFiles(Path.Combine(Folder, folder), "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Folder, path))
            .Where(path => path != "samples/agent.yaml")
            .Select(File)];

    private static ManifestFile File(string path) => new(path, System.IO.File.ReadAllBytes(Path.Combine(Folder, path)));

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!System.IO.File.Exists(Path.Combine(folder, "EdgeOperator.sln")))
            folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}
