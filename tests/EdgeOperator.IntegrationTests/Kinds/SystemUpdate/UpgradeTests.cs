using EdgeOperator.Core.Planning;

namespace EdgeOperator.IntegrationTests.Kinds.SystemUpdate;

public sealed class UpgradeTests : PackageTest
{
    [Fact]
    public async Task Packages_are_brought_to_their_newest_versions()
    {
        await PublishSecondVersionAsync();

        await PassAsync("packages: [app]");

        (await System.PackagesAsync()).Should().Be("app 2.0 ii, lib 2.0 ii, other 1.0 ii");
        Report.Level.Should().Be(ReadinessLevel.Ready);
        Outcomes.Should().AllBeOfType<StepOutcome.Succeeded>();
    }

    [Fact]
    public async Task A_plan_says_what_would_change_and_how_much_that_is_and_changes_nothing()
    {
        await PublishSecondVersionAsync(new("app", "2.0", "lib (>= 2.0)") { InstalledKibibytes = 2000, Payload = 100_000 });
        await PassAsync("packages: [app]\nwindow: {cron: \"0 0 29 2 *\", duration: 1m}");

        var plan = await PlanAsync("packages: [app]");

        PlanText.Render(plan).Should().Contain("~ update packages SystemUpdate/base: ").And.Contain("app 1.0→2.0").And.Contain("lib 1.0→2.0").And.Contain("2 MB more on the disk");
        (await System.PackagesAsync()).Should().Be("app 1.0 ii, lib 1.0 ii, other 1.0 ii");
    }

    [Fact]
    public async Task Outside_of_its_window_packages_are_fetched_and_wait()
    {
        await PublishSecondVersionAsync();

        await PassAsync("packages: [app]\nwindow: {cron: \"0 0 29 2 *\", duration: 1m}");

        (await System.PackagesAsync()).Should().Be("app 1.0 ii, lib 1.0 ii, other 1.0 ii");
        Report.Level.Should().Be(ReadinessLevel.Suspended);
        Report.Reason.Should().Be(nameof(BlockedReason.WaitingForWindow));
        Report.Message.Should().Contain("app 1.0→2.0").And.Contain("opens Tue 2028-02-29 00:00 +00:00");
        Repository.Fetched.Should().BeGreaterThanOrEqualTo(2, "the window is for changes alone");
    }

    [Fact]
    public async Task Outside_of_the_download_window_nothing_is_fetched()
    {
        await PublishSecondVersionAsync();
        var before = Repository.Fetched;

        await PassAsync("packages: [app]\ndownloadWindow: {cron: \"0 0 29 2 *\", duration: 1m}");

        Report.Reason.Should().Be(nameof(BlockedReason.WaitingForWindow));
        Report.Message.Should().Contain("download window");
        Repository.Fetched.Should().Be(before);
    }

    [Fact]
    public async Task An_operator_can_have_it_without_its_window()
    {
        await PublishSecondVersionAsync();
        const string Spec = "packages: [app]\nwindow: {cron: \"0 0 29 2 *\", duration: 1m}";
        await PassAsync(Spec);

        AskForIt();
        await PassAsync(Spec);

        (await System.PackagesAsync()).Should().Be("app 2.0 ii, lib 2.0 ii, other 1.0 ii");
        Report.Level.Should().Be(ReadinessLevel.Ready);
    }

    [Fact]
    public async Task Newer_versions_that_come_after_it_was_as_desired_leave_it_ready_until_the_window()
    {
        const string Spec = "packages: [app]\nwindow: {cron: \"0 0 29 2 *\", duration: 1m}\ncheckInterval: 1m";
        await PassAsync(Spec);
        Report.Level.Should().Be(ReadinessLevel.Ready);

        await PublishSecondVersionAsync();
        await System.RunAsync("apt-get", "-q", "update");
        await PassAsync(Spec);

        Report.Level.Should().Be(ReadinessLevel.Ready);
        Report.Reason.Should().Be("UpdatesWaiting");
        Report.Message.Should().Contain("app 1.0→2.0").And.Contain("opens Tue 2028-02-29");
    }

    [Fact]
    public async Task One_version_is_installed_and_held_and_released_when_it_is_no_longer_asked_for()
    {
        await PublishSecondVersionAsync();

        await PassAsync("packages: [{name: other, version: \"1.0\"}, {name: lib, version: \"2.0\"}]");
        (await System.PackagesAsync()).Should().Be("app 1.0 ii, lib 2.0 hi, other 1.0 hi");

        await PassAsync("packages: [{name: other, version: \"1.0\"}]");
        (await System.PackagesAsync()).Should().Be("app 1.0 ii, lib 2.0 ii, other 1.0 hi");

        await PassAsync("");
        (await System.PackagesAsync()).Should().Be("app 1.0 ii, lib 2.0 ii, other 1.0 ii");
    }

    [Fact]
    public async Task A_range_takes_the_newest_version_in_it()
    {
        await Repository.AddAsync(new("other", "1.9"));
        await Repository.AddAsync(new("other", "2.0"));
        await Repository.PublishAsync();

        await PassAsync("packages: [{name: other, version: \"<< 2\"}]");

        (await System.PackagesAsync()).Should().Contain("other 1.9 ii");
    }

    [Fact]
    public async Task A_package_that_is_to_be_absent_is_removed_and_one_that_is_new_is_installed()
    {
        await Repository.AddAsync(new("fresh", "1.0"));
        await Repository.PublishAsync();

        await PassAsync("packages: [{name: other, state: absent}, fresh]");

        (await System.PackagesAsync()).Should().Be("app 1.0 ii, fresh 1.0 ii, lib 1.0 ii");
    }

    [Fact]
    public async Task A_held_package_stays_at_its_version_whatever_others_want()
    {
        await PublishSecondVersionAsync();

        await PassAsync("packages: [{name: lib, state: held}, app]");

        (await System.PackagesAsync()).Should().Contain("lib 1.0 ");
        Report.Level.Should().Be(ReadinessLevel.Failed);
        Report.Message.Should().Contain("lib");
    }

    [Fact]
    public async Task What_a_person_holds_is_not_changed()
    {
        await PublishSecondVersionAsync();
        await System.RunAsync("apt-mark", "hold", "app");

        await PassAsync("packages: [app]");

        (await System.PackagesAsync()).Should().Be("app 1.0 hi, lib 1.0 ii, other 1.0 ii");
        Report.Message.Should().Contain("app, which is held by hand").And.Contain("apt-mark unhold app");
    }

    [Fact]
    public async Task A_configuration_file_that_was_changed_by_hand_is_kept_and_nobody_is_asked()
    {
        await Repository.AddAsync(new("conf", "1.0") { ConfigFile = "a=1\n" });
        await Repository.PublishAsync();
        await System.InstallAsync("conf=1.0");
        await File.WriteAllTextAsync(System.At("/etc/conf.conf"), "a=by hand\n");
        await Repository.AddAsync(new("conf", "2.0") { ConfigFile = "a=2\n" });
        await Repository.PublishAsync();

        await PassAsync("packages: [conf]");

        (await System.PackagesAsync()).Should().Contain("conf 2.0 ii");
        (await File.ReadAllTextAsync(System.At("/etc/conf.conf"))).Should().Be("a=by hand\n");
    }

    [Fact]
    public async Task A_version_that_no_repository_has_is_a_problem_that_names_it()
    {
        await PassAsync("packages: [{name: app, version: \"9\"}, {name: nowhere, version: \">= 2\"}]");

        Report.Level.Should().Be(ReadinessLevel.Failed);
        Report.Message.Should().Contain("no repository has app 9; there are 1.0; no repository has nowhere >= 2");
    }

    [Fact]
    public async Task A_name_is_no_pattern()
    {
        await PassAsync("packages: [oth.+]");

        Report.Message.Should().Be("no repository has oth.+");
        (await System.PackagesAsync()).Should().Be("app 1.0 ii, lib 1.0 ii, other 1.0 ii");
    }

    [Fact]
    public async Task What_would_remove_a_package_that_nobody_asks_to_remove_is_refused()
    {
        await PublishSecondVersionAsync();

        await PassAsync("packages: [{name: lib, state: absent}]");

        Report.Reason.Should().Be(nameof(BlockedReason.UpdateRefused));
        Report.Message.Should().Contain("it would remove app 1.0");
        (await System.PackagesAsync()).Should().Be("app 1.0 ii, lib 1.0 ii, other 1.0 ii");
    }
}
