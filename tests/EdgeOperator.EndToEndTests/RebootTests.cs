using EdgeOperator.EndToEndTests.Support;
using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.EndToEndTests;

/// <summary>Packages and reboots under a real systemd, which the agent's sandbox belongs to. The container engine is beside the machine.</summary>
[Collection(AtSite.Name)]
public sealed class RebootTests(Site site) : IAsyncLifetime
{
    private const string Closed = "window: {cron: \"0 0 29 2 *\", duration: 1m}";

    // As the postinst of a kernel has it.
    private static readonly Dictionary<string, string> AsksForReboot = new() { ["postinst"] = "touch /run/reboot-required; echo app >>/run/reboot-required.pkgs" };

    private readonly string _owner = $"reboot-{Guid.NewGuid():N}"[..16];
    private Releases _releases = null!;
    private PackageRepository _repository = null!;
    private SystemdHost _host = null!;

    public async Task InitializeAsync()
    {
        _releases = new(site.Edgeop);
        _repository = await PackageRepository.CreateAsync();
        foreach (var package in (TestPackage[])[new("app", "1.0"), new("app", "2.0") { Scripts = AsksForReboot }, new("app", "3.0") { Scripts = AsksForReboot }, new("slow", "1.0") { Scripts = new Dictionary<string, string> { ["postinst"] = "sleep 4" } }])
            await _repository.AddAsync(package);
        await _repository.PublishAsync();
        _host = await SystemdHost.StartAsync(_releases, Releases.First, site.Engine, _owner);
        await _host.UseAsync(_repository);
        _host.Script("/etc/edgeoperator/checks/required.d/10-app", "v=$(dpkg-query -W -f '${Version}' app) || exit 0; [ \"$v\" != 3.0 ] || { echo app 3.0 is no good; exit 1; }");
        _host.Script("/etc/edgeoperator/checks/wanted.d/10-never", "echo not today; exit 7");
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        foreach (var id in (await site.DockerAsync("ps", "-aq", "--filter", $"label=edgeoperator.io/managed-by={_owner}")).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            await site.DockerAsync("rm", "-f", id);
        await _repository.DisposeAsync();
        _releases.Dispose();
    }

    [Fact]
    public async Task A_device_is_rebooted_when_that_is_needed_and_what_is_not_well_afterwards_is_taken_back_with_a_second_reboot()
    {
        _host.Commit("db.yaml", Manifests.Module("db", site.Image("sleeper:1")));
        _host.Commit("web.yaml", Manifests.Module("web", site.Image("sleeper:1"), "dependsOn: [EdgeModule/db]"));
        Desire("1.0", "ifRequired");
        await SeesAsync("app 1.0 is there", "app 1.0", "base", "current");
        _host.Boots.Should().Be(1);

        Desire("2.0", "ifRequired");
        await SeesAsync("the device was rebooted and is well", "app 2.0", "good: /run/reboot-required (app)");

        _host.Boots.Should().Be(2);
        var events = await _host.RunAsync("edgeop", "events", "--limit", "200");
        events.Should().Contain("announce reboot SystemUpdate/base: /run/reboot-required (app)").And.Contain("end reboot SystemUpdate/base: the device is well after it (/run/reboot-required (app))");
        events.Should().MatchRegex("stop EdgeModule/web [0-9a-f]+: the device is rebooted").And.MatchRegex("stop EdgeModule/db [0-9a-f]+: the device is rebooted");
        (await _host.RunAsync("edgeop", "history", "-o", "yaml")).Should().Contain("outcome: Rebooted").And.Contain("reason: /run/reboot-required (app)");
        (await EndOfAsync("web")).Should().BeBefore(await EndOfAsync("db"), "what depends on another stops first");
        (await _host.RunAsync("edgeop", "logs", "SystemUpdate/base")).Should().Contain("10-never, which is wanted and not required, failed: it ended with 7: not today");
        (await _host.RunAsync("edgeop", "status")).Should().Contain("EdgeModule").And.NotContain("Stalled");

        Desire("3.0", "{policy: ifRequired, deadline: 10s}");
        await SeesAsync("the packages from before are back and the device was rebooted again", "app 2.0", "good: app 2.0→3.0: taken back");

        _host.Boots.Should().Be(4);
        (await _host.RunAsync("edgeop", "status")).Should().Contain("RolledBack").And.Contain("app 3.0 is no good");
        (await _host.RunAsync("edgeop", "history")).Should().Contain("RebootFailed").And.Contain("RolledBack").And.Contain("app 3.0 is no good");
        (await _host.RunAsync("edgeop", "get", "SystemUpdate", "base", "-o", "yaml")).Should().Contain("failed, the check").And.Contain("lastReboot");
    }

    [Fact]
    public async Task A_reboot_waits_for_its_window_an_operator_can_have_it_and_what_asks_for_it_at_every_boot_gets_one()
    {
        // A file that is there again after each boot.
        File.WriteAllText(_host.At("/etc/tmpfiles.d/again.conf"), "f /run/reboot-required\n");
        await _host.RunAsync("touch", "/run/reboot-required");
        Desire("1.0", "ifRequired\n  " + Closed);
        await SeesAsync("it waits", "waits (/run/reboot-required): the window", "opens Tue 2028-02-29");
        _host.Boots.Should().Be(1);

        await _host.RunAsync("edgeop", "update", "now");
        await SeesAsync("it was rebooted", "app 1.0", "good: /run/reboot-required");
        await SeesAsync("it waits again", "waits (/run/reboot-required)");

        Desire("1.0", "ifRequired");
        await SeesAsync("a reboot soon after another is refused", "current");
        await Eventually.SucceedsAsync(async () => (await _host.RunAsync("edgeop", "status")).Should().Contain("has not settled it"), Eventually.Slow);
        _host.Boots.Should().Be(2);
    }

    [Fact]
    public async Task A_device_that_loses_its_power_again_and_again_after_a_reboot_goes_back()
    {
        _host.Script("/etc/edgeoperator/checks/required.d/20-never", "exit 1");
        Desire("2.0", "{policy: always, deadline: 1h}");
        for (var boot = 2; boot <= 4; boot++)
        {
            await Eventually.TrueAsync($"boot {boot} is being checked", async () => _host.Boots == boot && (await _host.RunAsync("edgeop", "update", "status")).Contains("checking"), Eventually.Slow);
            await _host.CutPowerAsync();
        }

        // The fifth is one too many, the sixth the way back.
        await Eventually.SucceedsAsync(async () =>
        {
            _host.Boots.Should().Be(6);
            (await PackageAsync()).Should().BeEmpty("it was not installed before");
        }, Eventually.Slow);
        await Eventually.SucceedsAsync(async () => (await _host.RunAsync("edgeop", "get", "SystemUpdate", "base", "-o", "yaml")).Should().Contain("the device was started 4 times"), Eventually.Slow);
    }

    [Fact]
    public async Task What_changes_packages_is_a_unit_of_its_own_and_outlives_the_agent()
    {
        _host.Commit("base.yaml", Update("packages: [slow]"));
        await Eventually.TrueAsync("the unit runs", async () => (await _host.RunAsync("sh", "-c", "systemctl is-active edgeop-update || true")).Trim() == "active" && await IsSettingUpAsync(), Eventually.Slow);
        var unit = await _host.RunAsync("systemctl", "show", "edgeop-update", "-p", "MainPID");

        await _host.RunAsync("systemctl", "kill", "-s", "KILL", "edgeop");

        (await _host.RunAsync("systemctl", "show", "edgeop-update", "-p", "MainPID")).Should().Be(unit);
        await Eventually.SucceedsAsync(async () => (await _host.RunAsync("edgeop", "update", "status")).Should().Contain("current").And.Contain("Applied"), Eventually.Slow);
        (await _host.RunAsync("edgeop", "logs", "SystemUpdate/base")).Split("Setting up slow").Should().HaveCount(2, "it was done once");
        (await _host.RunAsync("sh", "-c", "systemctl is-failed edgeop-update || true")).Trim().Should().Be("inactive");
    }

    private void Desire(string version, string reboot) => _host.Commit("base.yaml", Update($"packages: [{{name: app, version: \"{version}\"}}]\n  reboot: {reboot}"));

    private static string Update(string spec) => $"""
        apiVersion: edgeoperator.io/v1alpha1
        kind: SystemUpdate
        metadata: {"{"}name: base{"}"}
        spec:
          {spec}

        """;

    private async Task SeesAsync(string what, params string[] words)
    {
        var seen = "";
        try
        {
            await Eventually.SucceedsAsync(async () =>
            {
                seen = "";
                seen = $"{await PackageAsync()}\n{await _host.RunAsync("edgeop", "update", "status", "-o", "yaml")}\n{await _host.RunAsync("edgeop", "status")}";
                foreach (var word in words)
                    seen.Should().Contain(word);
            }, Eventually.Slow);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"not seen: {what}\n{seen}\n{e.Message}\n{_host.Log}", e);
        }
    }

    private Task<string> PackageAsync() => _host.RunAsync("sh", "-c", "dpkg-query -W -f '${Package} ${Version} ${db:Status-Abbrev}\\n' app 2>/dev/null || true");

    private async Task<bool> IsSettingUpAsync() => (await _host.RunAsync("edgeop", "logs", "SystemUpdate/base")).Contains("Setting up slow");

    private async Task<DateTimeOffset> EndOfAsync(string module) => DateTimeOffset.Parse(
        (await site.DockerAsync("ps", "-aq", "--filter", $"label=edgeoperator.io/managed-by={_owner}", "--filter", $"name=^{module}$")) is { Length: > 0 } id
            ? (await site.DockerAsync("inspect", "-f", "{{.State.FinishedAt}}", id.Trim())).Trim() : throw new InvalidOperationException($"there is no {module}"),
        System.Globalization.CultureInfo.InvariantCulture);
}
