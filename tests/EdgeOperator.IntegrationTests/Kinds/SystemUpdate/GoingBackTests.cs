using EdgeOperator.Core.Planning;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Kinds.SystemUpdate;

public sealed class GoingBackTests : PackageTest
{
    private static readonly TestPackage Broken = new("app", "2.0", "lib (>= 2.0)") { Scripts = new Dictionary<string, string> { ["postinst"] = "echo no luck >&2; exit 3" } };

    [Fact]
    public async Task A_check_that_fails_brings_the_versions_from_before_back()
    {
        await PublishSecondVersionAsync();

        await PassAsync("packages: [app]\nhealthChecks: [{exec: [grep, -q, \"1.0\", /opt/app/version], timeout: 2s}]");

        (await System.PackagesAsync()).Should().Be("app 1.0 ii, lib 1.0 ii, other 1.0 ii");
        Outcomes[^1].Should().BeOfType<StepOutcome.Terminal>().Which.Message.Should().Contain("the check `grep -q 1.0 /opt/app/version` failed").And.Contain("the versions from before are back");
        Report.Reason.Should().Be(nameof(BlockedReason.UpdateFailed));
    }

    [Fact]
    public async Task A_package_that_was_held_is_held_again_whether_its_new_version_stays_or_not()
    {
        await PublishSecondVersionAsync();
        await PassAsync("packages: [{name: app, version: \"1.0\"}, {name: other, version: \"1.0\"}]");

        await PassAsync("packages: [{name: app, version: \"2.0\"}, {name: other, version: \"1.0\"}]");
        (await System.PackagesAsync()).Should().Be("app 2.0 hi, lib 2.0 ii, other 1.0 hi");
        Report.Level.Should().Be(ReadinessLevel.Ready);

        await PassAsync("packages: [{name: app, version: \"1.0\"}, {name: other, version: \"1.0\"}]\nhealthChecks: [{exec: [\"false\"], timeout: 1s}]");
        (await System.PackagesAsync()).Should().Be("app 2.0 hi, lib 2.0 ii, other 1.0 hi");
        Report.Reason.Should().Be(nameof(BlockedReason.UpdateFailed));
    }

    [Fact]
    public async Task It_goes_back_without_a_network_and_when_the_repository_has_the_old_versions_no_more()
    {
        await PublishSecondVersionAsync();
        const string Spec = "packages: [app]\nwindow: {cron: \"0 0 29 2 *\", duration: 1m}\nhealthChecks: [{exec: [\"false\"], timeout: 1s}]";
        await PassAsync(Spec);
        Repository.Remove("app", "1.0");
        Repository.Remove("lib", "1.0");
        await Repository.PublishAsync();
        await System.RunAsync("apt-get", "-q", "update");
        await PassAsync(Spec);
        Repository.IsGone = true;

        await PassAsync("packages: [app]\nhealthChecks: [{exec: [\"false\"], timeout: 1s}]");

        (await System.PackagesAsync()).Should().Be("app 1.0 ii, lib 1.0 ii, other 1.0 ii");
        Report.Reason.Should().Be(nameof(BlockedReason.UpdateFailed));
    }

    [Fact]
    public async Task A_maintainer_script_that_fails_brings_the_versions_from_before_back()
    {
        await PublishSecondVersionAsync(Broken);

        await PassAsync("packages: [app]");

        (await System.PackagesAsync()).Should().Be("app 1.0 ii, lib 1.0 ii, other 1.0 ii");
        Report.Message.Should().Contain("post-installation script").And.Contain("the versions from before are back");
    }

    [Fact]
    public async Task What_has_failed_is_not_tried_again_until_there_is_another_version_or_somebody_asks()
    {
        await PublishSecondVersionAsync(Broken);
        await PassAsync("packages: [app]");

        await PassAsync("packages: [app]");
        Outcomes.Should().BeEmpty();
        AskForIt();
        await PassAsync("packages: [app]");
        Outcomes[^1].Should().BeOfType<StepOutcome.Terminal>();

        await Repository.AddAsync(new("app", "2.1", "lib (>= 2.0)"));
        await Repository.PublishAsync();
        await System.RunAsync("apt-get", "-q", "update");
        await PassAsync("packages: [app]");
        (await System.PackagesAsync()).Should().Be("app 2.1 ii, lib 2.0 ii, other 1.0 ii");
        Report.Level.Should().Be(ReadinessLevel.Ready);
    }

    [Fact]
    public async Task What_is_new_is_removed_again()
    {
        await PublishSecondVersionAsync(new("app", "2.0", "lib (>= 2.0), extra"));
        await Repository.AddAsync(new("extra", "1.0"));
        await Repository.PublishAsync();

        await PassAsync("packages: [app]\nhealthChecks: [{tcp: \"127.0.0.1:1\", timeout: 1s}]");

        (await System.PackagesAsync()).Should().Be("app 1.0 ii, lib 1.0 ii, other 1.0 ii");
    }

    [Fact]
    public async Task That_there_is_no_way_back_is_part_of_the_plan()
    {
        await PublishSecondVersionAsync();
        Repository.Remove("app", "1.0");
        Repository.Remove("lib", "1.0");
        await Repository.PublishAsync();
        await System.RunAsync("apt-get", "clean");
        await PassAsync("packages: [app]\nwindow: {cron: \"0 0 29 2 *\", duration: 1m}");

        PlanText.Render(await PlanAsync("packages: [app]")).Should().Contain("no way back for ").And.Contain("app 1.0");
    }
}
