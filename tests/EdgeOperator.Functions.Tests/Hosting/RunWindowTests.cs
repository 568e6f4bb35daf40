using System.Net;
using EdgeOperator.Core.Protocol.Functions;
using EdgeOperator.Testing;

namespace EdgeOperator.Functions.Tests.Hosting;

public sealed class RunWindowTests
{
    private static readonly RunWindow Night = new([], new(22, 0), new(6, 0), "UTC");

    private readonly HandClock _clock = new(new(2026, 3, 1, 23, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task When_its_window_ends_an_app_is_drained_and_its_workers_are_stopped()
    {
        await using var host = new RunningHost(time: _clock);
        var app = CannedApp.Saying("g");
        await ServeAtNightAsync(host, app);

        await PassAsync(TimeSpan.FromHours(7));

        await Eventually.SucceedsAsync(() => host.Host.Report().Should().Match<HostReport>(r => r.OutsideSchedule && r.Serving == null));
        await Eventually.SucceedsAsync(() => app.IsStopped.Should().BeTrue());
        host.Host.Report().NextSwitch.Should().Be(new DateTimeOffset(2026, 3, 2, 22, 0, 0, TimeSpan.Zero));
    }

    [Fact]
    public async Task Outside_of_its_windows_an_app_answers_503_and_says_when_to_come_back()
    {
        await using var host = new RunningHost(time: _clock);
        await ServeAtNightAsync(host, CannedApp.Saying("g"));
        await PassAsync(TimeSpan.FromHours(8));
        await Eventually.SucceedsAsync(() => host.Host.Report().OutsideSchedule.Should().BeTrue());

        using var response = await host.Client.GetAsync("api/echo");

        response.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        response.Headers.RetryAfter!.Delta.Should().BeCloseTo(TimeSpan.FromHours(15), TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task Workers_are_started_before_the_next_window_and_serve_when_it_begins()
    {
        await using var host = new RunningHost(time: _clock);
        await ServeAtNightAsync(host, CannedApp.Saying("first night"));
        await PassAsync(TimeSpan.FromHours(8));
        await Eventually.SucceedsAsync(() => host.Host.Report().OutsideSchedule.Should().BeTrue());

        host.Define("g", CannedApp.Saying("second night"));
        await PassAsync(new DateTimeOffset(2026, 3, 2, 21, 59, 45, TimeSpan.Zero) - _clock.GetUtcNow());
        await Eventually.SucceedsAsync(() => host.Host.Current.Value.Loaded.Should().NotBeNull());
        host.Host.Report().OutsideSchedule.Should().BeTrue();

        await PassAsync(TimeSpan.FromSeconds(30));
        await host.ServingAsync("g");
        (await host.GetAsync("api/echo")).Body.Should().Be("second night");
    }

    [Fact]
    public async Task What_could_not_be_loaded_beside_another_version_is_tried_again_in_the_next_window()
    {
        await using var host = new RunningHost(time: _clock);
        await ServeAtNightAsync(host, CannedApp.Saying("good"));
        host.DefineBroken("late", "its packages are missing");
        host.Host.Set(host.Request("late") with { Schedule = [Night] });
        await Eventually.SucceedsAsync(() => host.Host.Report().Failure.Should().Be("its packages are missing"));
        await PassAsync(TimeSpan.FromHours(8));
        await Eventually.SucceedsAsync(() => host.Host.Report().OutsideSchedule.Should().BeTrue());

        host.Define("late", CannedApp.Saying("late"));
        await PassAsync(new DateTimeOffset(2026, 3, 2, 22, 0, 15, TimeSpan.Zero) - _clock.GetUtcNow());

        await host.ServingAsync("late");
        host.Host.Report().Failure.Should().BeNull();
    }

    [Fact]
    public async Task An_unknown_time_zone_is_told()
    {
        await using var host = new RunningHost(time: _clock);
        host.Define("g", CannedApp.Saying("g"));

        host.Host.Set(host.Request("g") with { Schedule = [Night with { TimeZone = "Europe/Atlantis" }] });

        await Eventually.SucceedsAsync(() => host.Host.Report().Failure.Should().Contain("time zone").And.Contain("Europe/Berlin"));
    }

    private static async Task ServeAtNightAsync(RunningHost host, CannedApp app)
    {
        host.Define("g", app);
        host.Host.Set(host.Request("g") with { Schedule = [Night] });
        await host.ServingAsync("g");
    }

    // In steps, as a clock runs: the host looks at it every minute at most.
    private async Task PassAsync(TimeSpan time)
    {
        await Eventually.TrueAsync("the host waits", () => _clock.Waiting > 0);
        _clock.Advance(time);
    }
}
