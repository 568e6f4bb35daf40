using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;
using EdgeOperator.EndToEndTests.Support;
using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.EndToEndTests;

/// <summary>The agent changes its own version, and what comes of versions that are no good.</summary>
[Collection(AtSite.Name)]
public sealed class SelfUpdateTests(Site site) : IAsyncLifetime
{
    private const string Next = "0.2.0";

    private readonly Releases _releases = new(site.Edgeop);

    // The folder of releases is the test's own.
    private SupervisedDevice _device = null!;

    private Device Device => _device.Device;

    public async Task InitializeAsync()
    {
        _device = new(site, _releases);
        _device.Commit("web.yaml", Manifests.Module("web", site.Image("sleeper:1")));
        _device.Start();
        await _device.RunsAsync(Releases.First);
        await Device.SeesAsync("the first revision is good", status => Device.Is(status, Condition.Ready) && status.LastGood is not null);
    }

    public async Task DisposeAsync()
    {
        await _device.DisposeAsync();
        _releases.Dispose();
    }

    [Fact]
    public async Task A_good_version_takes_over_and_stays_and_no_container_notices()
    {
        var before = await site.DockerAsync("inspect", "-f", "{{.Id}} {{.State.StartedAt}}", (await Device.ContainerAsync("web")).Id);
        _device.Commit("update.yaml", (await _releases.GoodAsync(Next)).Manifest());

        await _device.RunsAsync(Next);
        await Device.SeesAsync("the update is good", status => Device.Is(status, Condition.Ready) && status.Resources.Any(r => r is { Kind: "SystemUpdate", Summary: "edgeop 0.2.0" }));
        await _device.SettlesAsync();

        (await site.DockerAsync("inspect", "-f", "{{.Id}} {{.State.StartedAt}}", (await Device.ContainerAsync("web")).Id)).Should().Be(before);
        _device.Log.Should().Contain("0.2.0 is verified and ready to be started");
        (await Device.EdgeopAsync("events")).Output.Should().Contain("back up agent 0.2.0").And.Contain("switch agent to 0.2.0").And.Contain("confirm agent 0.2.0");
        (await Device.EdgeopAsync("version")).Output.Should().Contain(Next, "all programs are those of the new version");
        await _device.StopAsync();
        _device.Start();
        await _device.RunsAsync(Next);
    }

    [Theory]
    [InlineData("exit 1")]
    [InlineData("trap '' TERM; while :; do sleep 1; done")]
    public async Task A_version_that_crashes_or_hangs_is_taken_back_and_not_tried_again(string start)
    {
        var release = await _releases.BadAsync(Next, start);
        _device.Commit("update.yaml", release.Manifest("deadline: 10s"));

        await Eventually.TrueAsync("the version is taken back", () => _device.Log.Contains($"version {Next} is taken back, {Releases.First} runs again"), Eventually.Slow);
        await _device.RunsAsync(Releases.First);
        await Device.SeesAsync("the revision has failed", SaysTakenBack);

        (await Device.EdgeopAsync("history")).Output.Should().Contain("0.2.0 was taken back");
        _device.Log.Split($"version {Next} is taken back").Should().HaveCount(2);

        // A commit that changes something is another try.
        _device.Commit("web.yaml", Manifests.Module("web", site.Image("sleeper:1"), "env: {AGAIN: \"yes\"}"));
        await Eventually.TrueAsync("it is tried and taken back again", () => _device.Log.Split($"version {Next} is taken back").Length == 3, Eventually.Slow);
        await _device.RunsAsync(Releases.First);
        (await Device.ContainerAsync("web")).IsRunning.Should().BeTrue();
    }

    [Fact]
    public async Task What_is_not_what_the_manifest_says_or_not_signed_is_never_started()
    {
        var good = await _releases.GoodAsync(Next);
        foreach (var (manifest, problem) in ((string, string)[])
        [
            ((good with { Sha256 = new('0', 64) }).Manifest(), "has the SHA-256"),
            (good.Manifest($"signature: {Releases.SignByAnother(good.Archive)}"), "no good signature"),
            ((good with { Version = "0.3.0" }).Manifest(), "no release of version 0.3.0"),
        ])
        {
            _device.Commit("update.yaml", manifest);
            await _device.ExplainAsync(() => Eventually.SucceedsAsync(async () => (await Device.EdgeopAsync("events")).Output.Should().Contain(problem), Eventually.Slow));
        }

        (await _device.VersionAsync()).Should().Be(Releases.First);
        Directory.GetDirectories(_device.Versions).Select(Path.GetFileName).Should().Equal(Releases.First);
    }

    [Fact]
    public async Task A_lower_version_is_taken_only_when_it_is_meant()
    {
        _device.Commit("update.yaml", (await _releases.GoodAsync("0.0.9")).Manifest());
        await Device.SeesAsync("the lower version is refused", status => status.Resources.Any(r =>
            r.Kind == "SystemUpdate" && r.Conditions.Any(c => c.Message.Contains("0.0.9 is lower than 0.1.0"))));
        (await _device.VersionAsync()).Should().Be(Releases.First);

        _device.Commit("update.yaml", (await _releases.GoodAsync("0.0.9")).Manifest("allowDowngrade: true"));

        await _device.RunsAsync("0.0.9");
        await Device.SeesAsync("the lower version is good", status => Device.Is(status, Condition.Ready));
    }

    [Theory]
    [InlineData("kill-before:stage", true)]
    [InlineData("kill-after:stage", true)]
    [InlineData("kill-before:back up", true)]
    [InlineData("kill-after:back up", true)]
    [InlineData("kill-before:switch", true)]
    [InlineData("kill-after:switch", true)]
    [InlineData("kill-before:confirm", false)]
    [InlineData("kill-after:confirm", true)]
    public async Task An_agent_that_is_killed_at_a_step_ends_in_one_of_both_versions(string cut, bool isNext)
    {
        // It is killed at every try, so that a version which has not proven itself is taken back.
        await _device.StopAsync();
        _device.Commit("update.yaml", (await _releases.GoodAsync(Next)).Manifest());
        _device.Start($"EDGEOP_FAULT={cut} agent");
        await Eventually.TrueAsync("an agent is killed", () => _device.Log.Contains("Killed"), Eventually.Slow);
        if (isNext)
        {
            await _device.KillSupervisorAsync();
            _device.Start();
        }

        await _device.RunsAsync(isNext ? Next : Releases.First);
        await _device.SettlesAsync();
        await Device.SeesAsync("the device is settled", status => isNext ? Device.Is(status, Condition.Ready) : SaysTakenBack(status));
        (await Device.ContainerAsync("web")).IsRunning.Should().BeTrue();
    }

    // What runs again is whole, so that the device is not degraded.
    private static bool SaysTakenBack(DeviceStatus status) => status.Conditions.Any(c =>
        c is { Type: Condition.Stalled, Status: ConditionStatus.True } && c.Message.Contains("0.2.0 was taken back: it ", StringComparison.Ordinal));

    [Fact]
    public async Task After_a_hundred_kills_at_random_one_of_both_versions_runs()
    {
        const int Kills = 100;
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        Release[] releases = [await _releases.GoodAsync("0.1.1"), await _releases.GoodAsync(Next)];
        var container = (await Device.ContainerAsync("web")).Id;

        for (var kill = 0; kill < Kills; kill++)
        {
            // A new wish every now and then, whatever has become of the one before.
            if (kill % 5 == 0)
                _device.Commit("update.yaml", releases[kill / 5 % 2].Manifest("allowDowngrade: true", $"deadline: {30 + kill}s"));
            // Now and then long enough for a whole change.
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(50, kill % 5 == 4 ? 5000 : 1200)), TimeProvider.System);
            if (random.Next(3) == 0)
            {
                await _device.KillSupervisorAsync();
                _device.Start();
            }
            else if (_device.Agent is { } agent)
            {
                await Shell.RunAsync("sh", "-c", $"kill -9 {agent} || true");
            }
        }

        _device.Commit("update.yaml", releases[1].Manifest("allowDowngrade: true"));
        await _device.ExplainAsync(async () =>
        {
            await _device.RunsAsync(Next);
            await _device.SettlesAsync();
            await Device.SeesAsync($"all is well (seed {seed})", status => Device.Is(status, Condition.Ready));
        });
        (await Device.ContainerAsync("web")).Id.Should().Be(container);
        (await Device.ContainerAsync("web")).IsRunning.Should().BeTrue();
    }
}
