using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Invoking;
using EdgeOperator.Testing;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Functions.Tests.Workers.CustomHandler;

public sealed class HandlerStartTests
{
    [Fact]
    public async Task A_handler_finds_its_settings_and_its_place_and_little_of_the_hosts()
    {
        Environment.SetEnvironmentVariable("HOST_SECRET_OF_TEST", "1");
        using var app = new HandlerApp();
        app.Settings = app.Settings.Add("SECRET", "s3cret").Add("NAME", "handler").Add("PART", "tmp");
        app.Host("%NAME%.py", """, "workingDirectory": "sub", "arguments": ["--a=%NAME%", "%MISSING%"] """.Replace("sub", "echo"));
        app.Write("echo/function.json", "{}");
        var read = app.Read(HandlerApp.Http, "environment");
        await using var worker = app.Worker(read);
        await worker.StartAsync(CancellationToken.None);

        var environment = (await worker.InvokeAsync(read.Call("environment"), CancellationToken.None)).Body()!;

        string? Of(string name) => environment[name]?.ToString();
        Of("SECRET").Should().Be("s3cret");
        Of("TMPDIR").Should().Be(app.Temporary);
        Of("FUNCTIONS_APP_ROOT_PATH").Should().Be(app.Folder);
        Of("FUNCTIONS_HTTPWORKER_PORT").Should().Be(Of("FUNCTIONS_CUSTOMHANDLER_PORT"));
        Of("FUNCTIONS_HTTPWORKER_ID").Should().Be(Of("FUNCTIONS_CUSTOMHANDLER_WORKER_ID")).And.NotBeNullOrEmpty();
        Of("CWD").Should().Be(Path.Combine(app.Folder, "echo"));
        Of("PATH").Should().NotBeNullOrEmpty();
        Of("HOST_SECRET_OF_TEST").Should().BeNull();
        var commandLine = File.ReadAllText($"/proc/{worker.ProcessId}/cmdline").Split('\0');
        commandLine.Should().Contain("--a=handler").And.NotContain(a => a.Contains("s3cret"));
    }

    [Fact]
    public async Task A_handler_that_ends_instead_of_listening_is_quoted()
    {
        using var app = new HandlerApp();
        app.Write("bad.sh", "#!/bin/sh\necho one\necho two >&2\nexit 7\n");
        File.SetUnixFileMode(Path.Combine(app.Folder, "bad.sh"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        app.Host("bad.sh");
        await using var worker = app.Worker(app.Read(HandlerApp.Http, "echo"));

        var start = () => worker.StartAsync(CancellationToken.None);

        (await start.Should().ThrowAsync<AppException>()).Which.Message.Should().Contain("ended with code 7").And.Contain("one").And.Contain("two");
    }

    [Theory]
    [InlineData("handler.txt", "*handler.txt is not executable: chmod +x*")]
    [InlineData("no-such-program-here", "*no program no-such-program-here on the PATH*")]
    [InlineData("bin/none", "*There is no program */bin/none*")]
    public async Task A_program_that_cannot_be_run_is_told_of(string executable, string message)
    {
        using var app = new HandlerApp();
        app.Write("handler.txt", "#!/bin/sh\n");
        app.Host(executable);
        await using var worker = app.Worker(app.Read(HandlerApp.Http, "echo"));

        var start = () => worker.StartAsync(CancellationToken.None);

        await start.Should().ThrowAsync<AppException>().WithMessage(message);
    }

    [Fact]
    public async Task A_program_on_the_PATH_takes_arguments_and_a_script()
    {
        using var app = new HandlerApp();
        app.Host("python3", """, "arguments": ["-u"], "defaultWorkerPath": "handler.py" """);
        var read = app.Read(HandlerApp.Http, "pid");
        await using var worker = app.Worker(read);

        await worker.StartAsync(CancellationToken.None);

        (await worker.InvokeAsync(read.Call("pid"), CancellationToken.None)).Body()!.GetValue<int>().Should().Be(worker.ProcessId);
    }

    [Theory]
    [InlineData("\"-u handler.py --port %FUNCTIONS_CUSTOMHANDLER_PORT%\"")]
    [InlineData("\"-u\", \"handler.py\", \"--port\", \"%FUNCTIONS_CUSTOMHANDLER_PORT%\"")]
    public async Task Arguments_are_one_command_line_and_name_the_port(string arguments)
    {
        using var app = new HandlerApp();
        app.Host("python3", $""", "arguments": [{arguments}] """);
        var read = app.Read(HandlerApp.Http, "environment");
        await using var worker = app.Worker(read);

        await worker.StartAsync(CancellationToken.None);

        var port = (await worker.InvokeAsync(read.Call("environment"), CancellationToken.None)).Body()!["FUNCTIONS_CUSTOMHANDLER_PORT"]!.ToString();
        File.ReadAllText($"/proc/{worker.ProcessId}/cmdline").Split('\0')[1..5].Should().Equal("-u", "handler.py", "--port", port);
    }

    [Fact]
    public async Task What_a_handler_prints_is_logged_by_its_level_and_in_parts_if_it_is_long()
    {
        using var app = new HandlerApp();
        var read = app.Read(HandlerApp.Http, "print");
        await using var worker = app.Worker(read);
        await worker.StartAsync(CancellationToken.None);

        await worker.InvokeAsync(read.Call("print"), CancellationToken.None);

        await Eventually.SucceedsAsync(() =>
        {
            app.Log.Lines.Should().Contain(l => l.Level == LogLevel.Information && l.Message == "a line");
            app.Log.Lines.Should().Contain(l => l.Level == LogLevel.Warning && l.Message == "warning: a line");
            app.Log.Lines.Where(l => l.Message.StartsWith('x')).Sum(l => l.Message.Length).Should().Be(40_000);
        });
        app.Log.Lines.Max(l => l.Message.Length).Should().BeLessThanOrEqualTo(16 * 1024);
    }

    [Fact]
    public async Task Nothing_that_a_handler_started_outlives_it()
    {
        using var app = new HandlerApp();
        var read = app.Read(HandlerApp.Http, "child");
        await using var worker = app.Worker(read);
        await worker.StartAsync(CancellationToken.None);
        var child = (await worker.InvokeAsync(read.Call("child"), CancellationToken.None)).Body()!.GetValue<int>();
        Directory.Exists($"/proc/{child}").Should().BeTrue();

        await worker.StopAsync(TimeSpan.Zero);

        (await worker.Ended).Should().Contain("by the host").And.NotContain("memory");
        await Eventually.TrueAsync("the child is gone", () => !IsRunning(child));
    }

    [Fact]
    public async Task A_handler_in_a_compiled_language_serves()
    {
        using var app = new HandlerApp();
        var source = Path.Combine(AppContext.BaseDirectory, "Apps/custom-c/handler.c");
        await Shell.RunAsync("gcc", "-O1", "-o", Path.Combine(app.Folder, "handler"), source);
        app.Host("handler");
        var read = app.Read(HandlerApp.Http, "hello");
        await using var worker = app.Worker(read);
        await worker.StartAsync(CancellationToken.None);

        var result = await worker.InvokeAsync(read.Call("hello", new Value.Text("x")), CancellationToken.None);

        result.Body()!.ToString().Should().Be("POST /hello");
    }

    private static bool IsRunning(int id)
    {
        try
        {
            return !File.ReadAllText($"/proc/{id}/stat").Contains(") Z ");
        }
        catch (IOException)
        {
            return false;
        }
    }
}
