using EdgeOperator.Functions.App;
using EdgeOperator.Testing;

namespace EdgeOperator.Functions.Tests.Node;

public sealed class NodeLoadTests
{
    [Fact]
    public async Task An_app_announces_its_functions()
    {
        await using var app = await TestApp.StartAsync("node-commonjs");

        var tick = app.Function("tick");
        tick.Trigger.Type.Should().Be("timerTrigger");
        tick.Trigger.Text("schedule").Should().Be("0 0 3 * * *", "the setting that it names is put in");
        tick.Trigger.Text("runOnStartup").Should().Be("true");
        tick.Retry.Should().Be(new RetryPolicy(5, TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(1)));
        var job = app.Function("job");
        job.Retry.Should().Be(new RetryPolicy(3, TimeSpan.FromSeconds(5), null));
        job.Bindings.Select(b => (b.Type, b.Direction)).Should().Equal(
            ("queueTrigger", BindingDirection.In), ("queue", BindingDirection.Out), ("queue", BindingDirection.Out));
        job.Bindings.Single(b => b.Name == Binding.Return).Text("queueName").Should().Be("out");
        app.Function("echo").Trigger.Text("route").Should().Be("echo/{id:int}/{*rest}");
        app.Worker.Forwards(app.Function("echo")).Should().BeTrue();
        app.Worker.Forwards(app.Function("enqueue")).Should().BeFalse("its other output is for the host to write");
        app.Worker.Forwards(tick).Should().BeFalse();
    }

    [Fact]
    public async Task Two_workers_of_an_app_agree_on_the_names_of_bindings()
    {
        await using var one = await TestApp.StartAsync("node-commonjs");
        await using var other = await TestApp.StartAsync("node-commonjs");

        other.Functions.SelectMany(f => f.Bindings.Select(b => b.Name)).Should().Equal(one.Functions.SelectMany(f => f.Bindings.Select(b => b.Name)));
    }

    [Fact]
    public async Task Hooks_run_as_an_app_starts_and_ends()
    {
        await using var app = await TestApp.StartAsync("node-commonjs");
        await app.Worker.StopAsync(TimeSpan.FromSeconds(20));

        app.Log.Lines.Where(l => l.Category == "Host.Worker").Select(l => l.Message).Should().Equal("the app starts", "the app ends");
        (await app.Worker.Ended).Should().Be("node ended with code 0");
    }

    [Fact]
    public async Task An_app_of_modules_is_imported()
    {
        await using var app = await TestApp.StartAsync("node-esm");
        await using var front = await Front.StartAsync(app.Worker, app.Functions);

        (await front.Client.GetStringAsync("/api/hello?name=esm")).Should().Be("""{"hello":"esm","model":"@azure/functions"}""");
    }

    [Fact]
    public async Task What_the_TypeScript_compiler_made_runs()
    {
        await using var app = await TestApp.CopyAsync("node-typescript");
        await Shell.RunAsync("node", Path.Combine(app.Folder, "node_modules/typescript/bin/tsc"), "-p", app.Folder);
        await app.StartAsync();
        await using var front = await Front.StartAsync(app.Worker, app.Functions);

        (await front.Client.GetStringAsync("/api/greet/ts")).Should().Be("""{"hello":"ts"}""");
    }

    [Theory]
    [InlineData("throw new Error('no database')", "index.js*no database")]
    [InlineData("require('not-there')", "index.js*Cannot find module 'not-there'")]
    [InlineData("this is no script", "index.js*SyntaxError")]
    [InlineData("process.exit(3)", "*ended with code 3")]
    [InlineData("Promise.reject(new Error('too late'))", "*too late")]
    [InlineData("const { app } = require('@azure/functions'); const o = { handler() {} }; app.http('twice', o); app.http('Twice', o);", "*already*")]
    public async Task An_app_that_does_not_load_says_why(string script, string words)
    {
        var start = () => TestApp.OfAsync(script);

        await start.Should().ThrowAsync<AppException>().WithMessage($"*{words}*");
    }

    [Fact]
    public async Task A_main_that_matches_no_file_is_told()
    {
        await using var app = await TestApp.EmptyAsync();
        app.Write("host.json", """{ "version": "2.0" }""");
        app.Write("package.json", """{ "main": "dist/*.js" }""");
        var start = app.StartAsync;

        await start.Should().ThrowAsync<AppException>().WithMessage("No file matches \"main\" in package.json: dist/*.js*");
    }

    [Fact]
    public async Task A_node_that_is_not_there_is_told()
    {
        await using var app = await TestApp.CopyAsync("node-commonjs", ("languageWorkers__node__defaultExecutablePath", "/nowhere/node"));
        var start = app.StartAsync;

        await start.Should().ThrowAsync<AppException>().WithMessage("*languageWorkers__node__defaultExecutablePath*/nowhere/node*");
    }

    [Fact]
    public async Task A_worker_whose_host_is_gone_ends()
    {
        await using var app = await TestApp.StartAsync("node-commonjs");
        using var folder = new TempFolder();
        var script = Directory.GetFiles(app.TemporaryFolder, "main.cjs", SearchOption.AllDirectories).Single();
        // A shell stands in for the host: when it is killed, the pipe to its child ends.
        await using var host = GuardedProcess.Start(
            folder.File("log"), "", "sh", "-c", $"cd {app.Folder}; sleep 1000 | EDGEOP_REQUESTS={folder.File("r")} EDGEOP_CONTROL={folder.File("c")} EDGEOP_SECRET=s TICK_SCHEDULE= node {script}");
        await Eventually.SucceedsAsync(() => host.Log.Should().Contain("\"ready\""));
        var worker = (await Shell.RunAsync("pgrep", "-f", $"^node {script}")).Trim().Split('\n').Select(int.Parse).Except([app.Worker.ProcessId]).Single();

        await Shell.RunAsync("pkill", "-f", "-P", $"{host.Id}", "^sleep 1000");

        await Eventually.TrueAsync("the worker has ended", () => !Directory.Exists($"/proc/{worker}"));
    }
}
