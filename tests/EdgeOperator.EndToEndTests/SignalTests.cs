using EdgeOperator.EndToEndTests.Support;
using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.EndToEndTests;

/// <summary>The agent as a process: how it starts, reloads and stops.</summary>
[Collection(AtSite.Name)]
public class SignalTests(Site site)
{
    [Fact]
    public async Task SIGTERM_ends_the_agent_and_leaves_the_modules_which_it_adopts_again()
    {
        using var repository = await Repository.CreateAsync();
        await using var device = site.NewDevice(repository.Url);
        var commit = await repository.CommitAsync(("web.yaml", Manifests.Module("web", site.Image("sleeper:1"))));
        await device.StartAsync();
        await device.ReachesAsync(commit);
        var before = await device.ContainersAsync();

        await device.TerminateAsync();
        (await device.ContainersAsync()).Should().BeEquivalentTo(before);
        File.Exists(device.ApiSocket).Should().BeFalse();

        await device.StartAsync();
        await device.ReachesAsync(commit);
        (await device.ContainersAsync()).Should().BeEquivalentTo(before);
    }

    [Fact]
    public async Task SIGHUP_reads_the_configuration_again()
    {
        using var first = await Repository.CreateAsync();
        using var second = await Repository.CreateAsync();
        await using var device = site.NewDevice(first.Url);
        await device.StartAsync();
        await device.ReachesAsync(await first.CommitAsync(("web.yaml", Manifests.Module("web", site.Image("sleeper:1")))));
        var commit = await second.CommitAsync(("web.yaml", Manifests.Module("web", site.Image("sleeper:2"))));
        var agent = device.AgentId;

        device.Configure(second.Url);
        await Shell.RunAsync("kill", "-HUP", $"{agent}");

        await device.ReachesAsync(commit);
        device.IsRunning.Should().BeTrue();
    }

    [Fact]
    public async Task A_broken_configuration_on_SIGHUP_is_reported_and_the_old_one_stays()
    {
        using var repository = await Repository.CreateAsync();
        await using var device = site.NewDevice(repository.Url);
        await device.StartAsync();
        await device.ReachesAsync(await repository.CommitAsync(("web.yaml", Manifests.Module("web", site.Image("sleeper:1")))));

        File.AppendAllText(device.ConfigurationFile, "  colour: green\n");
        await Shell.RunAsync("kill", "-HUP", $"{device.AgentId}");

        await Eventually.TrueAsync("the mistake is in the log", () => device.Log.Contains("colour", StringComparison.Ordinal));
        await device.ReachesAsync(await repository.CommitAsync(("web.yaml", Manifests.Module("web", site.Image("sleeper:2")))));
    }

    [Fact]
    public async Task systemd_is_told_that_the_agent_is_ready_and_that_it_stops()
    {
        using var repository = await Repository.CreateAsync();
        await repository.CommitAsync(("web.yaml", Manifests.Module("web", site.Image("sleeper:1"))));
        await using var device = site.NewDevice(repository.Url);
        using var systemd = new NotifySocket(Path.Combine(device.Root, "notify"));

        device.Launch($"NOTIFY_SOCKET={systemd.Path}", "WATCHDOG_USEC=1000000");
        await systemd.ReceivesAsync("READY=1");
        await systemd.ReceivesAsync("WATCHDOG=1");
        await device.TerminateAsync();
        await systemd.ReceivesAsync("STOPPING=1");
    }
}
