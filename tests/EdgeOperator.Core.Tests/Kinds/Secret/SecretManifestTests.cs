using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Kinds.Secret;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;
using EdgeOperator.Core.Tests.Manifests;

namespace EdgeOperator.Core.Tests.Kinds.Secret;

public sealed class SecretManifestTests
{
    [Fact]
    public void A_Secret_has_its_keys_and_recipients_and_no_values()
    {
        var secret = Secrets.Read().State!.Resources.Values.OfType<SecretResource>().Single();

        secret.Secret.Keys.Should().Equal("password");
        secret.Secret.Recipients.Should().ContainSingle().Which.Should().StartWith("age1");
        secret.ToString().Should().NotContain("hunter2");
    }

    [Fact]
    public void A_Secret_in_clear_is_refused_and_not_quoted() =>
        Reading.Files(("db.yaml", Secrets.Plain())).Problems.Should().ContainSingle().Which.ToString().Should()
            .Contain("the Secret db is not encrypted (db.yaml:6:3)").And.Contain("edgeop secret encrypt").And.NotContain("hunter2");

    [Fact]
    public void A_value_that_was_put_in_clear_beside_encrypted_ones_is_refused_and_not_quoted() =>
        Reading.Files(("db.yaml", Secrets.Encrypted(Secrets.Plain()).Replace("  stringData:\n", "  stringData:\n    other: hunter3\n", StringComparison.Ordinal))).Problems
            .Should().ContainSingle().Which.ToString().Should().Contain("`spec.stringData.other` should be encrypted, and stands in clear (db.yaml:").And.NotContain("hunter");

    [Fact]
    public void A_document_that_is_encrypted_as_a_whole_says_how_it_should_be() =>
        Reading.Files(("db.yaml", Secrets.Encrypted(Secrets.Plain()).Replace("kind: Secret", "kind: ENC[AES256_GCM,data:aa==,iv:aa==,tag:aa==,type:str]", StringComparison.Ordinal))).Problems
            .Should().ContainSingle().Which.ToString().Should().Contain("the whole document is encrypted, its kind included (db.yaml:1:1)").And.Contain("encrypted_regex");

    [Fact]
    public void A_Secret_for_other_devices_is_none_for_this_one()
    {
        var secret = Secrets.Encrypted(Secrets.Plain("far", "  deviceSelector:\n    matchLabels:\n      site: paris\n"));

        Secrets.Read(("far.yaml", secret), ("a.yaml", Reading.Module("env: {A: '${secrets.far.password}'}"))).Problems
            .Should().ContainSingle().Which.ToString().Should().Contain("there is no Secret far for this device");
    }

    [Fact]
    public void Several_Secrets_may_stand_in_one_file()
    {
        var file = Secrets.Encrypted(Secrets.Plain("one") + "---\n" + Secrets.Plain("two"));

        var read = Secrets.Read(("two.yaml", file), ("a.yaml", Reading.Module("env: {A: '${secrets.one.password}', B: '${secrets.two.password}'}")));
        read.Problems.Should().BeEmpty();
        read.State!.Resources[new("EdgeModule", "web")].DependsOn.Should().Equal(new ResourceId("Secret", "one"), new ResourceId("Secret", "two"));
    }

    [Fact]
    public void A_Secret_that_the_device_can_t_open_holds_up_what_needs_it_and_nothing_else()
    {
        var desired = Secrets.Read(new Secrets.Refusing(), ("a.yaml", Reading.Module("env: {A: '${secrets.db.password}'}")), ("b.yaml", Reading.Module(name: "other"))).State!;

        var plan = Planner.Plan(RegisteredKinds.All, desired, ObservedState.Nothing, Inventory.Empty, DateTimeOffset.UnixEpoch);

        plan.Blocked.Should().AllSatisfy(blocked => blocked.Reason.Should().Be(BlockedReason.SecretUnreadable)).And.Contain(blocked => blocked.Resource.Name == "db" && blocked.Word == "NotForThisDevice")
            .And.Contain(blocked => blocked.Resource.Name == "web" && blocked.Message.Contains("it waits for Secret/db: it is encrypted for age1other"));
        plan.Steps.Should().Contain(step => step.Resource.Name == "other").And.NotContain(step => step.Resource.Name == "web");
        Readiness.Assess(RegisteredKinds.All, desired, ObservedState.Nothing, plan.Blocked, DateTimeOffset.UnixEpoch).Where(report => report.Level == ReadinessLevel.Waiting)
            .Select(report => report.Resource.Name).Should().BeEquivalentTo("web", "db");
    }
}
