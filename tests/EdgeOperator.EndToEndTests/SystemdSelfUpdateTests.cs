using EdgeOperator.EndToEndTests.Support;
using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.EndToEndTests;

/// <summary>The agent changes its version under a real systemd, in the sandbox of its unit.</summary>
public sealed class SystemdSelfUpdateTests : IAsyncLifetime
{
    private Releases _releases = null!;
    private SystemdHost _host = null!;

    public async Task InitializeAsync()
    {
        _releases = new(await EdgeopBinary.PathAsync());
        _host = await SystemdHost.StartAsync(_releases, Releases.First);
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        _releases.Dispose();
    }

    [Fact]
    public async Task A_good_version_stays_and_those_that_crash_or_hang_are_taken_back()
    {
        var identity = await _host.RunAsync("edgeop", "identity");
        identity.Should().StartWith("age1");
        _host.Commit(await _releases.GoodAsync("0.2.0"));
        await SettlesAsync("0.2.0", "edgeop 0.2.0");

        _host.Commit(await _releases.BadAsync("0.3.0", "exit 1"));
        await SettlesAsync("0.2.0", "0.3.0 was taken back: it was started as often as it may be");

        // It never says that it is ready, and so nothing but its deadline ends it.
        _host.Commit(await _releases.BadAsync("0.4.0", "exec sleep 100000"), "deadline: 10s");
        await SettlesAsync("0.2.0", "0.4.0 was taken back: it did not complete a pass within 10 s");

        (await _host.RunAsync("systemctl", "is-active", "edgeop")).Trim().Should().Be("active");
        (await _host.RunAsync("cat", "/etc/motd")).Should().Be("hello\n");

        // The sandbox lets the agent seal the device's identity, and every version opens it.
        (await _host.RunAsync("edgeop", "identity")).Should().Be(identity);
        (await _host.RunAsync("sh", "-c", "cd /var/lib/edgeoperator && ls identity* secret-digests.key 2>/dev/null; grep -l AGE-SECRET *; true")).Should().Be("identity.sealed\n");
        (await _host.RunAsync("sh", "-c", "grep core /proc/$(systemctl show -p MainPID --value edgeop)/limits")).Should().MatchRegex(@"\s0\s+0\s");
    }

    private async Task SettlesAsync(string version, string status)
    {
        await Eventually.SucceedsAsync(
            async () =>
            {
                (await _host.RunAsync("edgeop", "status")).Should().Contain(status).And.Contain($"Agent     {version}");
                (_host.Current, _host.IsOnTrial).Should().Be((version, false));
            },
            Eventually.Slow);
    }
}
