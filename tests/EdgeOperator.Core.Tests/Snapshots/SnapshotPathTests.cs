using System.Collections.Immutable;
using System.Text;
using EdgeOperator.Core.Fleets.Plans;
using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Snapshots;
using EdgeOperator.Core.State;
using EdgeOperator.Core.Tests.Manifests;

namespace EdgeOperator.Core.Tests.Snapshots;

/// <summary>Where a device lets files lie is known away from it too.</summary>
public sealed class SnapshotPathTests
{
    [Theory]
    [InlineData("/etc/shop/motd", "", false)]
    [InlineData("/etc/shop/motd", "/etc /opt", false)]
    [InlineData("/etc/shop/motd", "/etc/shop/", false)]
    [InlineData("/etc/shop/motd", "/", false)]
    [InlineData("/etc/shop/motd", "/opt /srv", true)]
    [InlineData("/etc/shop/motd", "/etc/sho", true)]
    [InlineData("/etc/shop/motd", "/etc/shop/motd", true)]
    [InlineData("/etc/shop/motd", "/ETC", true)]
    [InlineData("/etc\\motd", "/etc", true)]
    public void A_file_that_the_device_does_not_allow_is_planned_as_refused(string path, string roots, bool isRefused)
    {
        var snapshot = DeviceSnapshot.Of(
            RegisteredKinds.All, Reading.Till, ObservedState.Nothing, RevisionLedger.Empty, null, ImmutableDictionary<ResourceId, BackOff>.Empty, DateTimeOffset.UnixEpoch)
            with
        { AllowedRoots = [.. roots.Split(' ', StringSplitOptions.RemoveEmptyEntries)] };
        var there = SnapshotDocument.Read(SnapshotDocument.Write(snapshot, RegisteredKinds.All), RegisteredKinds.All);
        var manifest = $$"""
            apiVersion: edgeoperator.io/v1alpha1
            kind: ConfigFile
            metadata: {name: motd}
            spec: {path: '{{path}}', content: hello}
            """;

        var plan = new DevicePlanner(RegisteredKinds.All, "next", "fleet", [new("motd.yaml", Encoding.UTF8.GetBytes(manifest))]).Plan(there, [], [], null);

        plan.IsInvalid.Should().Be(isRefused);
        plan.Steps.IsEmpty.Should().Be(isRefused);
        if (isRefused)
            plan.Problems.Should().Equal($"ConfigFile/motd: {path} can't be managed: {path} is not below an allowed root ({roots.Replace(" ", ", ", StringComparison.Ordinal)}); see files.allowedRoots in the agent's configuration");
    }
}
