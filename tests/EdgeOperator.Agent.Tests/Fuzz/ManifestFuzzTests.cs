using System.Collections.Immutable;
using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.Agent.Tests.Fuzz;

/// <summary>Every file that a committer can write: what is wrong with it becomes problems, never an exception.</summary>
public sealed class ManifestFuzzTests
{
    private static readonly string Manifests = Path.Combine(EdgeopBinary.RepositoryRoot, "manifests");

    [Fact]
    public void Manifests_in_YAML_are_read_or_refused() => Feed("*.yaml", "a.yaml");

    [Fact]
    public void Deployment_manifests_of_IoT_Edge_are_read_or_refused() => Feed("*.json", "deployment.json");

    [Fact]
    public void The_agents_configuration_is_read_or_refused() => Fuzzing.Feed(
        [File.ReadAllText(Path.Combine(Manifests, "samples", "agent.yaml"))],
        bytes => AgentConfigurationReader.Read(new("agent.yaml", bytes)));

    private static void Feed(string pattern, string name) => Fuzzing.Feed(
        [.. Directory.EnumerateFiles(Manifests, pattern, SearchOption.AllDirectories).Where(f => !f.Contains("node_modules", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(File.ReadAllText)],
        bytes => ManifestReader.Read(RegisteredKinds.All.Manifests, "", [new("", [new ManifestFile(name, bytes)])], new(new DeviceIdentity("pump-7", ImmutableSortedDictionary<string, string>.Empty, ImmutableSortedDictionary<string, string>.Empty))));
}
