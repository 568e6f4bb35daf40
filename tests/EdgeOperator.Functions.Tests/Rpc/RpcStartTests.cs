using EdgeOperator.Functions.App;
using EdgeOperator.Testing;

namespace EdgeOperator.Functions.Tests.Rpc;

public sealed class RpcStartTests
{
    [Fact]
    public async Task A_worker_tells_its_functions()
    {
        await using var app = await RpcApp.StartAsync();

        var job = app.Function("job");
        job.Trigger.Text("queueName").Should().Be("from-setting");
        job.Retry.Should().Be(new RetryPolicy(3, TimeSpan.FromSeconds(5), null));
        job.Bindings[1].Direction.Should().Be(BindingDirection.Out);
        app.Function("backsOff").Retry.Should().Be(new RetryPolicy(-1, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1)));
        app.Worker.ProcessId.Should().BePositive();
    }

    [Theory]
    [InlineData("")]
    [InlineData("modern")]
    [InlineData("own-request-id")]
    public async Task A_function_that_does_not_load_is_told_and_the_others_run(string mode)
    {
        await using var app = await RpcApp.StartAsync(mode);

        app.Problems.Should().ContainSingle().Which.Should().Match<FunctionProblem>(p => p.Function == "unloadable" && p.Message.StartsWith("cannot load unloadable"));
        (await app.InvokeAsync("backsOff")).Succeeded.Should().BeTrue();
    }

    [Fact]
    public async Task Functions_of_the_host_are_loaded_where_the_worker_leaves_that_to_it()
    {
        await using var app = RpcApp.Of("default-indexing");

        (await app.Worker.StartAsync(CancellationToken.None)).Should().BeNull();

        var function = new FunctionDefinition("backsOff", [new("t", "timerTrigger", BindingDirection.In, [])]) { Folder = app.App.Folder, ScriptFile = "/x/run.standin" };
        (await app.Worker.LoadAsync([function], CancellationToken.None)).Should().BeEmpty();
    }

    [Theory]
    [InlineData("init-fails", "*the app has a syntax error*")]
    [InlineData("exits", "*ended with code 9*there is no runtime here*")]
    [InlineData("hangs-up", "*ended*")]
    public async Task A_worker_that_does_not_come_up_says_why(string mode, string words)
    {
        await using var app = RpcApp.Of(mode);
        var start = app.StartAsync;

        await start.Should().ThrowAsync<AppException>().WithMessage(words);
    }

    [Theory]
    [InlineData("stranger", "status 16 *the worker's id*")]
    [InlineData("too-long", "status 8 *exceeds the maximum*")]
    public async Task A_stream_that_breaks_the_rules_is_refused(string mode, string status)
    {
        await using var app = RpcApp.Of(mode);
        var start = app.StartAsync;

        await start.Should().ThrowAsync<AppException>();
        await Eventually.SucceedsAsync(() => app.Log.Lines.Should().Contain(l => l.Message.StartsWith("status")).Which.Message.Should().Match(status));
    }

    [Fact]
    public async Task A_configuration_that_is_not_there_is_told_with_its_setting()
    {
        await using var app = RpcApp.Of("", ("languageWorkers__standin__workerDirectory", "/nowhere"));
        var start = app.StartAsync;

        await start.Should().ThrowAsync<AppException>().WithMessage("*/nowhere/worker.config.json*languageWorkers__standin__workerDirectory*");
    }

    [Fact]
    public async Task A_runtime_that_is_not_there_is_told()
    {
        await using var app = RpcApp.Of("", ("STANDIN_RUNTIME", "/nowhere/runtime"));
        var start = app.StartAsync;

        await start.Should().ThrowAsync<AppException>().WithMessage("There is no program /nowhere/runtime");
    }

    [Fact]
    public async Task Stopping_asks_the_worker_to_end()
    {
        await using var app = await RpcApp.StartAsync();

        await app.Worker.StopAsync(TimeSpan.FromSeconds(20));

        (await app.Worker.Ended).Should().StartWith("the standin worker ended with code 0");
        await Eventually.SucceedsAsync(() => app.Log.Text.Should().Contain("terminate 20"));
    }
}
