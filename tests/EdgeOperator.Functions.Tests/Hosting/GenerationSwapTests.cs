using System.Net;
using EdgeOperator.Functions.Hosting;
using EdgeOperator.Testing;
using Microsoft.AspNetCore.Http;

namespace EdgeOperator.Functions.Tests.Hosting;

public sealed class GenerationSwapTests
{
    [Fact]
    public async Task No_request_fails_while_versions_are_swapped_under_load()
    {
        await using var host = new RunningHost();
        await host.ServeAsync("g0", CannedApp.Saying("g0"));

        using var end = new CancellationTokenSource();
        var load = Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
        {
            var answers = new List<(HttpStatusCode Status, string Body)>();
            while (!end.IsCancellationRequested)
                answers.Add(await host.GetAsync("api/echo"));
            return answers;
        })).ToArray();

        for (var i = 1; i <= 10; i++)
        {
            await host.ServeAsync($"g{i}", CannedApp.Saying($"g{i}"));
            await Eventually.SucceedsAsync(async () => (await host.GetAsync("api/echo")).Body.Should().Be($"g{i}"));
        }

        await end.CancelAsync();
        var all = (await Task.WhenAll(load)).SelectMany(a => a).ToList();
        all.Should().OnlyContain(a => a.Status == HttpStatusCode.OK);
        all.Select(a => a.Body).Distinct().Should().HaveCountGreaterThan(1);
    }

    [Fact]
    public async Task A_request_of_the_old_version_ends_there_after_the_swap_and_only_then_its_workers_are_stopped()
    {
        await using var host = new RunningHost();
        var (entered, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        var old = new CannedApp().Forwarding("slow", async (context, aborted) =>
        {
            entered.SetResult();
            await gate.Task;
            await context.Response.WriteAsync("from the old one", aborted);
        });
        await host.ServeAsync("old", old);

        var slow = host.GetAsync("api/slow");
        await entered.Task;
        await host.ServeAsync("new", CannedApp.Saying("new"));
        (await host.GetAsync("api/echo")).Body.Should().Be("new");
        old.IsStopped.Should().BeFalse();

        gate.SetResult();
        (await slow).Body.Should().Be("from the old one");
        await Eventually.SucceedsAsync(() => old.IsStopped.Should().BeTrue());
    }

    [Fact]
    public async Task A_version_that_cannot_be_loaded_leaves_the_old_one_serving_and_is_told_of()
    {
        await using var host = new RunningHost();
        await host.ServeAsync("good", CannedApp.Saying("good"));

        host.DefineBroken("bad", "no host.json (/canned/host.json): add one");
        host.Host.Set(host.Request("bad"));

        await Eventually.SucceedsAsync(() => host.Host.Report().Failure.Should().Be("no host.json (/canned/host.json): add one"));
        host.Host.Report().Should().Match<Core.Protocol.Functions.HostReport>(r => r.Serving == "good" && r.Wanted == "bad");
        (await host.GetAsync("api/echo")).Body.Should().Be("good");

        host.Host.Set(host.Request("good"));
        await Eventually.SucceedsAsync(() => host.Host.Report().Should().Match<Core.Protocol.Functions.HostReport>(r => r.Wanted == "good" && r.Failure == null));
    }

    [Fact]
    public async Task What_serves_already_is_not_loaded_again_when_it_is_asked_for_again()
    {
        await using var host = new RunningHost();
        var loads = 0;
        host.Define("g", _ =>
        {
            Interlocked.Increment(ref loads);
            return Task.FromResult<IRunningApp>(CannedApp.Saying("g"));
        });
        host.Host.Set(host.Request("g"));
        await host.ServingAsync("g");

        host.Host.Set(host.Request("g"));
        host.Host.Set(host.Request("g") with { Settings = host.Request("g").Settings.Add("A", "1") });
        await Eventually.SucceedsAsync(() => loads.Should().Be(2));
        await host.ServeAsync("other", CannedApp.Saying("other"));
        loads.Should().Be(2);
    }

    [Fact]
    public async Task A_newer_request_supersedes_one_that_is_still_loading()
    {
        await using var host = new RunningHost();
        var loading = new TaskCompletionSource();
        host.Define("slow", async cancellation =>
        {
            loading.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
            throw new InvalidOperationException("not reached");
        });
        host.Host.Set(host.Request("slow"));
        await loading.Task;

        await host.ServeAsync("fast", CannedApp.Saying("fast"));

        (await host.GetAsync("api/echo")).Body.Should().Be("fast");
        host.Host.Report().Failure.Should().BeNull();
    }

    [Fact]
    public async Task Listeners_of_the_new_version_start_when_those_of_the_old_one_are_quiet()
    {
        await using var host = new RunningHost();
        var events = new List<string>();
        var quiet = new TaskCompletionSource();
        await host.ServeAsync("a", new CannedApp { Listeners = [new RecordedListener("a", events, quiet.Task)] });
        await Eventually.SucceedsAsync(() => events.Should().Equal("a starts"));

        await host.ServeAsync("b", new CannedApp { Listeners = [new RecordedListener("b", events)] });
        await Eventually.SucceedsAsync(() => events.Should().Equal("a starts", "a drains"));
        quiet.SetResult();

        await Eventually.SucceedsAsync(() => events.Should().Equal("a starts", "a drains", "a is quiet", "b starts"));
    }

    [Fact]
    public async Task A_request_under_way_ends_before_the_host_does()
    {
        var host = new RunningHost();
        var (entered, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        var app = new CannedApp().Forwarding("slow", async (context, aborted) =>
        {
            entered.SetResult();
            await gate.Task;
            await context.Response.WriteAsync("done", aborted);
        });
        await host.ServeAsync("g", app);
        var slow = host.GetAsync("api/slow");
        await entered.Task;

        var stopped = host.StopAsync();
        await Eventually.SucceedsAsync(() => host.Host.Report().Serving.Should().BeNull());
        stopped.IsCompleted.Should().BeFalse();
        gate.SetResult();

        (await slow).Body.Should().Be("done");
        await stopped;
        app.IsStopped.Should().BeTrue();
        await host.DisposeAsync();
    }

    [Fact]
    public async Task A_request_that_never_ends_is_given_up_when_the_host_stops()
    {
        var host = new RunningHost(new() { DrainLimit = TimeSpan.FromMilliseconds(200) });
        var entered = new TaskCompletionSource();
        await host.ServeAsync("g", new CannedApp().Forwarding("hangs", (_, cancellation) =>
        {
            entered.SetResult();
            return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
        }));
        var hanging = host.GetAsync("api/hangs");
        await entered.Task;

        await host.StopAsync();

        await hanging.Invoking(h => h).Should().ThrowAsync<HttpRequestException>();
        await host.DisposeAsync();
    }
}
