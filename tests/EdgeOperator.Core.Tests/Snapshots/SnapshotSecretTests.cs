using System.Collections.Immutable;
using System.Text;
using EdgeOperator.Core.Fleets.Plans;
using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Snapshots;
using EdgeOperator.Core.State;
using EdgeOperator.Core.Tests.Manifests;
using Samples = EdgeOperator.Core.Tests.Kinds.Secret.Secrets;

namespace EdgeOperator.Core.Tests.Snapshots;

/// <summary>What a device's Secrets are, away from it: known again by what they are encrypted as.</summary>
public sealed class SnapshotSecretTests
{
    private static readonly (string, string)[] Manifests =
    [
        ("module.yaml", Reading.Module("env: {A: '${secrets.db.password}'}\nsecretFiles: [{path: /s, content: '${secrets.db.password}'}]")),
        ("file.yaml", Reading.ConfigFile("content: 'p=${secrets.db.password}'")),
        ("vm.yaml", Reading.Machine("provisioning: {files: [{path: /etc/p, content: '${secrets.db.password}'}], commands: ['echo ${secrets.db.password}']}")),
    ];

    private readonly string _secret = Samples.Encrypted(Samples.Plain());

    [Fact]
    public void The_same_values_are_the_same_there_whatever_else_of_the_file_has_changed()
    {
        var device = Read(new Samples.Opening(), _secret);

        var there = Read(Snapshot(device).SecretOpener, "# a comment\n" + _secret.Replace("metadata:\n  name: db\n", "metadata:\n  labels: {a: b}\n  name: db\n", StringComparison.Ordinal));

        Hashes(there).Should().Equal(Hashes(device));
    }

    [Fact]
    public void Another_value_is_another_there_and_one_that_was_encrypted_anew_can_t_be_compared()
    {
        var device = Read(new Samples.Opening(), _secret);

        var there = Read(Snapshot(device).SecretOpener, Samples.Encrypted(Samples.Plain()));

        Hashes(there).Should().OnlyHaveUniqueItems().And.NotIntersectWith(Hashes(device));
        Readiness(there).Should().Be("Opened");
    }

    [Fact]
    public void A_file_that_is_not_for_the_device_holds_up_what_needs_it()
    {
        var device = Read(new Samples.Opening(), _secret);

        var plan = Snapshot(device, "age1other").PlanFor(RegisteredKinds.All, Read(Snapshot(device, "age1other").SecretOpener, _secret));

        plan.Blocked.Should().Contain(held => held.Resource == new ResourceId("Secret", "db") && held.Message.Contains("and not for age1other"));
        plan.Steps.Should().NotContain(step => step.Resource.Kind == KindNames.ConfigFile);
    }

    [Fact]
    public void A_plan_for_a_fleet_knows_the_secrets_of_each_device_apart()
    {
        var device = Read(new Samples.Opening(), _secret);
        var planner = new DevicePlanner(
            RegisteredKinds.All, "next", "fleet", [.. Manifests.Append(("db.yaml", _secret)).Select(m => new ManifestFile(m.Item1, Encoding.UTF8.GetBytes(m.Item2)))]);

        planner.Plan(Snapshot(device, Samples.Recipient), [], [], null).Should().Match<DevicePlan>(plan => plan.Problems.IsEmpty && !plan.IsInvalid);
        var other = planner.Plan(Snapshot(device, "age1other"), [], [], null);
        other.Problems.Should().Contain(problem => problem.Contains("and not for age1other"));
        other.IsInvalid.Should().BeTrue("what needs the secret would wait for ever");
    }

    [Fact]
    public void No_value_is_in_the_document_and_an_older_one_can_be_read()
    {
        var snapshot = Snapshot(Read(new Samples.Opening(), _secret));
        var text = Encoding.UTF8.GetString(SnapshotDocument.Write(snapshot, RegisteredKinds.All));
        text.Should().NotContain("hunter2").And.Contain(Samples.Digest);

        var json = System.Text.Json.Nodes.JsonNode.Parse(text)!.AsObject();
        json.Remove("secrets");
        json.Remove("recipients");
        var older = SnapshotDocument.Read(SnapshotDocument.Checked(Encoding.UTF8.GetBytes(json.ToJsonString()), RegisteredKinds.All), RegisteredKinds.All);
        older.Secrets.Should().BeEmpty();
        Readiness(Read(older.SecretOpener, _secret)).Should().Be("Opened", "nobody knows whether the device could");
    }

    private static DesiredState Read(ISecretOpener opener, string secret)
    {
        var read = Reading.Files(new RenderContext(Reading.Till) { Secrets = opener }, [.. Manifests, ("db.yaml", secret)]);
        read.Problems.Should().BeEmpty();
        return read.State!;
    }

    private static DeviceSnapshot Snapshot(DesiredState lastGood, params string[] recipients)
    {
        var snapshot = DeviceSnapshot.Of(RegisteredKinds.All, Reading.Till, ObservedState.Nothing, RevisionLedger.Empty, lastGood, ImmutableDictionary<ResourceId, BackOff>.Empty, DateTimeOffset.UnixEpoch.AddYears(50)) with { Recipients = [.. recipients] };
        return SnapshotDocument.Read(SnapshotDocument.Write(snapshot, RegisteredKinds.All), RegisteredKinds.All);
    }

    private static string[] Hashes(DesiredState state) => [.. state.Resources.Values.Where(resource => resource.Id.Kind != KindNames.Secret).Select(resource => resource.SpecHash)];

    private static string Readiness(DesiredState state) => ((Core.Kinds.Secret.SecretResource)state.Resources[new("Secret", "db")]).Opening.GetType().Name;
}
