using System.Text;
using EdgeOperator.Core.Fleets;
using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Tests.Fleets;

public sealed class FleetManifestTests
{
    private const string Head = "apiVersion: edgeoperator.io/v1alpha1\nkind: Fleet\nmetadata: {name: tills}\n";
    private const string Source = "source: {ref: {commit: 0123456789abcdef0123456789abcdef01234567}}";

    [Fact]
    public void What_a_manifest_leaves_out_has_its_default()
    {
        var (fleets, problems, _) = Read($"spec: {{selector: {{}}, {Source}}}");

        problems.Should().BeEmpty();
        fleets.Single().Fleet!.Should().BeEquivalentTo(new
        {
            Source = new FleetSource(Ref: new(Commit: "0123456789abcdef0123456789abcdef01234567")),
            RolloutPolicy = new RolloutPolicy(),
        });
    }

    [Fact]
    public void Everything_that_it_says_is_read()
    {
        var folder = AppContext.BaseDirectory;
        while (!System.IO.File.Exists(Path.Combine(folder, "EdgeOperator.sln")))
            folder = Path.GetDirectoryName(folder)!;
        var (fleets, problems, warnings) = HubManifests.Read(RegisteredKinds.All.Manifests, [new("fleet.yaml", System.IO.File.ReadAllBytes(Path.Combine(folder, "manifests/hub/fleet.yaml")))]);

        problems.Concat(warnings).Should().BeEmpty();
        var policy = fleets.Single().Fleet!.RolloutPolicy;
        policy.Batches.Select(batch => batch.Name).Should().Equal("canary", "tenth");
        policy.Batches[0].Should().BeEquivalentTo(new { SuccessThreshold = 100, Soak = TimeSpan.FromMinutes(30) });
        policy.Batches[0].Selector!.MatchLabels.Should().Contain("ring", "canary");
        policy.Batches[1].Should().BeEquivalentTo(new { Limit = new Amount(10, true), Approval = Approval.Manual });
        policy.DisruptionBudget.Should().BeEquivalentTo(new DisruptionBudget(["store"], new(1, false)));
        policy.MaxConcurrentDownloads.Should().BeEquivalentTo(new DownloadLimit(20, ["site"]));
        policy.Windows.Single().TimeZone.Should().Be("Europe/Berlin");
        policy.Should().BeEquivalentTo(new { SuccessThreshold = 95, UpdateTimeout = TimeSpan.FromMinutes(45), Jitter = TimeSpan.FromMinutes(5), OnFailure = FailureAction.RollBack });
    }

    [Theory]
    [InlineData("spec: {selector: {}}", "spec.source is missing")]
    [InlineData("spec: {selector: {}, source: {ref: {commit: abc}}}", "spec.source.ref.commit must be")]
    [InlineData("spec: {selector: {}, source: {ref: {branch: main}}}", "spec.source names no commit, and no repository of the hub")]
    [InlineData("spec: {selector: {}, source: {path: tills, ref: {commit: 0123456789abcdef0123456789abcdef01234567}}}", "spec.source.path has no effect without a repository of the hub")]
    [InlineData($"spec: {{selector: {{}}, {Source}, rolloutPolicy: {{successThreshold: 90}}}}", "spec.rolloutPolicy.successThreshold must be a share from `0%` to `100%`, not the number 90 (fleet.yaml:4")]
    [InlineData($"spec: {{selector: {{}}, {Source}, rolloutPolicy: {{batches: [{{name: a, limit: 0}}]}}}}", "spec.rolloutPolicy.batches[0].limit must be a number of devices from 1 on")]
    [InlineData($"spec: {{selector: {{}}, {Source}, rolloutPolicy: {{batches: [{{name: a}}, {{name: a}}]}}}}", "two batches have the name `a`")]
    [InlineData($"spec: {{selector: {{}}, {Source}, rolloutPolicy: {{disruptionBudget: {{groupBy: [store]}}}}}}", "needs at least one of `maxUnavailable`, `minAvailable`")]
    [InlineData($"spec: {{selector: {{}}, {Source}, rolloutPolicy: {{windows: [{{cron: \"0 2 * * *\", duration: 1h, timeZone: Mars/Olympus}}]}}}}", "the time zone Mars/Olympus is not known")]
    [InlineData($"spec: {{selector: {{}}, {Source}, rolloutPolicy: {{batch: []}}}}", "did you mean `batches`?")]
    public void A_mistake_is_told_with_its_place(string spec, string problem)
    {
        var (fleets, problems, _) = Read(spec);

        fleets.Should().BeEmpty();
        problems.Select(p => p.ToString()).Should().ContainSingle().Which.Should().Contain(problem).And.Contain("fleet.yaml:4:");
    }

    [Fact]
    public void A_hub_takes_no_manifest_of_a_device() =>
        HubManifests.Read(RegisteredKinds.All.Manifests, [File("apiVersion: edgeoperator.io/v1alpha1\nkind: ConfigFile\nmetadata: {name: a}\nspec: {path: /etc/a, content: a}")]).Problems.Single().What
            .Should().Be("a hub takes no manifest of kind ConfigFile");

    [Fact]
    public void A_device_refuses_it_and_says_where_it_belongs()
    {
        var device = new DeviceIdentity("d", System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty, System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty);
        var result = ManifestReader.Read(RegisteredKinds.All.Manifests, "1", [new("git", [File($"{Head}spec: {{selector: {{}}, {Source}}}")])], RenderContext.AnyDevice with { Device = device });

        result.State.Should().BeNull();
        result.Problems.Single().ToString().Should().StartWith("a Fleet is for a hub, and devices don't take it (fleet.yaml:1:1)");
    }

    [Fact]
    public void A_stored_rollout_is_read_as_it_was_written()
    {
        var fleet = FleetSimulation.Of(new() { Batches = [new("canary", FleetSimulation.Selector("ring", "canary"), new(10, true))], Approval = Approval.Manual }, 2).Start();
        var told = StoredRollout.Of(fleet.Rollout, fleet.Wait, fleet.Step.Counts);

        var read = StoredRollout.Read(told.Write());
        read.Write().Should().Be(told.Write());
        read.With(fleet.Rollout.Devices.Select(d => KeyValuePair.Create(d.Key, StoredRollout.ReadDevice(StoredRollout.Write(d.Value))))).Should().BeEquivalentTo(fleet.Rollout);
    }

    private static (System.Collections.Immutable.ImmutableArray<HubManifest> Fleets, System.Collections.Immutable.ImmutableArray<Problem> Problems, System.Collections.Immutable.ImmutableArray<Problem> Warnings) Read(string spec) =>
        HubManifests.Read(RegisteredKinds.All.Manifests, [File(Head + spec)]);

    private static ManifestFile File(string text) => new("fleet.yaml", Encoding.UTF8.GetBytes(text));
}
