using EdgeOperator.Core.Protocol.Functions;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Tests.Workers.CustomHandler;
using EdgeOperator.Testing;

namespace EdgeOperator.Functions.Tests.Workers.Pool;

public sealed class WorkerPoolTests
{
    [Fact]
    public async Task Every_instance_has_a_process_and_none_is_left_behind()
    {
        using var app = new HandlerApp();
        int[] processes;
        await using (var pool = await app.PoolAsync(app.Read(HandlerApp.Http, "pid"), new() { Instances = 3 }))
        {
            processes = [.. pool.Report().Select(r => r.ProcessId)];
            pool.Report().Select(r => (r.Index, r.State)).Should().Equal((0, "ready"), (1, "ready"), (2, "ready"));
            pool.Report().Should().OnlyContain(r => r.MemoryBytes > 1_000_000);
        }

        processes.Should().OnlyHaveUniqueItems().And.OnlyContain(id => !Directory.Exists($"/proc/{id}"));
    }

    [Fact]
    public async Task Calls_go_to_the_least_busy_worker()
    {
        using var app = new HandlerApp();
        var read = app.Read(HandlerApp.Http, "slow");
        await using var pool = await app.PoolAsync(read, new() { Instances = 2 });
        var invoker = app.Invoker(pool);

        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => invoker.InvokeAsync(read.Call("slow"), CancellationToken.None)));

        results.GroupBy(r => r.Body()!.GetValue<int>()).Select(g => g.Count()).Should().Equal(4, 4);
    }

    [Fact]
    public async Task A_killed_worker_is_started_again_and_calls_wait_for_it()
    {
        using var app = new HandlerApp();
        var read = app.Read(HandlerApp.Http, "pid");
        await using var pool = await app.PoolAsync(read);
        var killed = pool.Report().Single().ProcessId;

        await KillAsync(killed);
        await Eventually.SucceedsAsync(() => pool.Report().Single().Restarts.Should().Be(1));
        var result = await app.Invoker(pool).InvokeAsync(read.Call("pid"), CancellationToken.None);

        result.Body()!.GetValue<int>().Should().NotBe(killed);
        pool.Report().Single().State.Should().Be("ready");
    }

    [Fact]
    public async Task A_standby_takes_the_place_of_a_lost_worker_and_another_one_follows()
    {
        using var app = new HandlerApp();
        var read = app.Read(HandlerApp.Http, "pid");
        await using var pool = await app.PoolAsync(read, new() { Standby = true });
        await Eventually.TrueAsync("there is a standby", () => pool.Report()[1].State == "standby");
        var (first, standby) = (pool.Report()[0].ProcessId, pool.Report()[1].ProcessId);

        await KillAsync(first);
        await Eventually.SucceedsAsync(() => pool.Report()[0].ProcessId.Should().Be(standby));

        (await app.Invoker(pool).InvokeAsync(read.Call("pid"), CancellationToken.None)).Body()!.GetValue<int>().Should().Be(standby);
        await Eventually.SucceedsAsync(() => pool.Report()[1].Should().Match<InstanceReport>(r => r.State == "standby" && r.ProcessId != standby));
    }

    [Fact]
    public async Task A_standby_that_is_lost_is_replaced()
    {
        using var app = new HandlerApp();
        await using var pool = await app.PoolAsync(app.Read(HandlerApp.Http, "pid"), new() { Standby = true });
        await Eventually.TrueAsync("there is a standby", () => pool.Report()[1].State == "standby");
        var lost = pool.Report()[1].ProcessId;

        await KillAsync(lost);

        await Eventually.SucceedsAsync(() => pool.Report()[1].Should().Match<InstanceReport>(r => r.State == "standby" && r.ProcessId != lost));
    }

    [Fact]
    public async Task A_worker_that_takes_too_much_memory_is_replaced_without_a_failed_call()
    {
        using var app = new HandlerApp();
        var read = app.Read(HandlerApp.Http, "hog", "slow");
        await using var pool = await app.PoolAsync(
            read, new() { MemoryLimit = 80 << 20, MemoryInterval = TimeSpan.FromMilliseconds(50) });
        var invoker = app.Invoker(pool);
        var before = pool.Report().Single().ProcessId;

        (await invoker.InvokeAsync(read.Call("hog"), CancellationToken.None)).Error.Should().BeNull();
        await Eventually.SucceedsAsync(async () =>
            (await invoker.InvokeAsync(read.Call("slow"), CancellationToken.None)).Body()!.GetValue<int>().Should().NotBe(before));

        app.Metrics.Of("slow").Failures.Should().Be(0, "a worker is only stopped once it is idle");
        await Eventually.TrueAsync("the old one has gone", () => !Directory.Exists($"/proc/{before}") && pool.Report().Length == 1);
    }

    [Fact]
    public async Task A_worker_that_keeps_ending_is_waited_with()
    {
        using var app = new HandlerApp();
        await using var pool = await app.PoolAsync(app.Read(HandlerApp.Http, "pid"));
        app.Replace("#!/bin/sh\nexit 1\n");

        await KillAsync(pool.Report().Single().ProcessId);

        await Eventually.TrueAsync("it waits for its next start", () => pool.Report().Single().State == "waiting");
    }

    [Fact]
    public async Task Calls_fail_once_no_worker_has_been_ready_for_long_enough()
    {
        using var app = new HandlerApp();
        var read = app.Read(HandlerApp.Http, "pid");
        await using var pool = await app.PoolAsync(read, new() { WaitTimeout = TimeSpan.FromMilliseconds(200) });
        app.Replace("#!/bin/sh\nexit 1\n");
        await KillAsync(pool.Report().Single().ProcessId);
        await Eventually.TrueAsync("it is known", () => pool.Report().Single().State == "waiting");

        var result = await app.Invoker(pool).InvokeAsync(read.Call("pid"), CancellationToken.None);

        result.Error.Should().Be("no worker was ready within 0.2 s");
    }

    [Fact]
    public async Task An_app_whose_workers_do_not_start_can_not_be_loaded()
    {
        using var app = new HandlerApp();
        app.Replace("#!/bin/sh\necho no such luck >&2\nexit 1\n");

        var start = () => app.PoolAsync(app.Read(HandlerApp.Http, "pid"), new() { Instances = 2, Standby = true });

        await start.Should().ThrowAsync<AppException>().WithMessage("*no such luck*");
    }

    private static Task<string> KillAsync(int process) => Shell.RunAsync("kill", "-9", $"{process}");
}
