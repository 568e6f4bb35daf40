using EdgeOperator.EndToEndTests.Support;
using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.EndToEndTests;

/// <summary>The agent beside Debian's own unattended-upgrades, which wants the same packages at the same time.</summary>
public sealed class UnattendedUpgradesTests : IAsyncLifetime
{
    private const string Configuration = """
        #clear Unattended-Upgrade::Origins-Pattern;
        Unattended-Upgrade::Origins-Pattern { "origin=Test"; };

        """;

    private Releases _releases = null!;
    private PackageRepository _repository = null!;
    private SystemdHost _host = null!;

    public async Task InitializeAsync()
    {
        _releases = new(await EdgeopBinary.PathAsync());
        _repository = await PackageRepository.CreateAsync();
        _host = await SystemdHost.StartAsync(_releases, Releases.First);
        File.WriteAllText(_host.At("/etc/apt/apt.conf.d/60test"), Configuration);
        await PublishAsync("1.0");
        await _host.RunAsync("apt-get", "-qq", "-y", "install", "app", "pinned");
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _repository.DisposeAsync();
        _releases.Dispose();
    }

    [Fact]
    public async Task Whoever_comes_first_is_waited_for_what_it_has_done_is_done_and_what_is_pinned_stays()
    {
        Desire("{name: pinned, version: \"1.0\"}");
        await SeesAsync("app 1.0 ii, pinned 1.0 hi");

        // It is at work, with dpkg's lock, on what the agent then is to do too.
        await PublishAsync("2.0");
        await _host.RunAsync("systemd-run", "--quiet", "--unit=upgrades", "--property=RemainAfterExit=yes", "unattended-upgrade");
        await Eventually.TrueAsync("it is at work", () => File.Exists(_host.At("/srv/began-2.0")));
        Desire("app, extra, {name: pinned, version: \"1.0\"}");
        await SeesAsync("app 2.0 ii, extra 2.0 ii, pinned 1.0 hi");
        (await _host.RunAsync("systemctl", "show", "upgrades", "-p", "Result", "-p", "ExecMainStatus")).Should().Contain("Result=success").And.Contain("ExecMainStatus=0");
        (await _host.RunAsync("cat", "/var/log/unattended-upgrades/unattended-upgrades.log")).Should().Contain("Packages that will be upgraded: app").And.NotContain("ERROR");
        (await _host.RunAsync("edgeop", "logs", "SystemUpdate/base")).Should().Contain("Setting up extra").And.NotContain("Setting up app", "that was done already");

        // The agent is at work, and the other one leaves it alone.
        await PublishAsync("3.0");
        await _host.RunAsync("edgeop", "update", "now");
        await Eventually.TrueAsync("the agent is at work", () => File.Exists(_host.At("/srv/began-3.0")), Eventually.Slow);
        (await _host.RunAsync("sh", "-c", "unattended-upgrade -v 2>&1 || true")).Should().Contain("Lock could not be acquired");
        await SeesAsync("app 3.0 ii, extra 3.0 ii, pinned 1.0 hi");
        (await _host.RunAsync("dpkg", "--audit")).Should().BeEmpty();
        (await _host.RunAsync("edgeop", "history")).Should().NotContain("RolledBack");
    }

    /// <summary>New versions of all packages; that of app takes its time to be set up.</summary>
    private async Task PublishAsync(string version)
    {
        var slow = version == "1.0" ? [] : new Dictionary<string, string> { ["postinst"] = $"touch /srv/began-{version}; sleep 4" };
        await _repository.AddAsync(new("app", version) { Scripts = slow });
        await _repository.AddAsync(new("extra", version));
        await _repository.AddAsync(new("pinned", version));
        await _repository.PublishAsync();
        await _host.UseAsync(_repository);
        await _host.RunAsync("apt-get", "-qq", "update");
    }

    private void Desire(string packages) => _host.Commit("base.yaml", $$"""
        apiVersion: edgeoperator.io/v1alpha1
        kind: SystemUpdate
        metadata: {name: base}
        spec: {packages: [{{packages}}]}

        """);

    private Task SeesAsync(string packages) => Eventually.SucceedsAsync(
        async () =>
        {
            var installed = await _host.RunAsync("sh", "-c", "dpkg-query -W -f '${Package} ${Version} ${db:Status-Abbrev}\\n' app extra pinned 2>/dev/null || true");
            string.Join(", ", installed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Trim()).Where(line => !line.EndsWith("un", StringComparison.Ordinal))).Should().Be(packages);
            (await _host.RunAsync("edgeop", "update", "status", "-o", "yaml")).Should().Contain("current");
        },
        Eventually.Slow);
}
