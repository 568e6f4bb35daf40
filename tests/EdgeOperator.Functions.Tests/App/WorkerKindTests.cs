namespace EdgeOperator.Functions.Tests.App;

public sealed class WorkerKindTests
{
    private const string Plain = """{ "version": "2.0" }""";

    [Fact]
    public void A_custom_handler_goes_before_everything()
    {
        using var app = new AppFolder().Setting("FUNCTIONS_WORKER_RUNTIME", "node");

        app.Read().Worker.Should().Be("custom");
    }

    [Theory]
    [InlineData("package.json", "{}", "node")]
    [InlineData("function_app.py", "", "python")]
    [InlineData("worker.config.json", """{ "description": { "language": "dotnet-isolated" } }""", "dotnet-isolated")]
    [InlineData("f/index.js", "", "node")]
    [InlineData("f/run.ps1", "", "powershell")]
    public void What_lies_in_the_folder_tells(string file, string content, string expected)
    {
        using var app = new AppFolder(Plain).With("f");
        app.Write(file, content);

        app.Read().Worker.Should().Be(expected);
    }

    [Fact]
    public void The_setting_goes_before_what_lies_in_the_folder()
    {
        using var app = new AppFolder(Plain).Setting("FUNCTIONS_WORKER_RUNTIME", "Python");
        app.Write("package.json", "{}");

        app.Read().Worker.Should().Be("python");
    }

    [Fact]
    public void An_app_that_nothing_tells_of_is_refused_with_advice()
    {
        using var app = new AppFolder(Plain);

        app.Failure().Should().Contain("set FUNCTIONS_WORKER_RUNTIME");
    }

    [Fact]
    public void A_custom_runtime_without_a_handler_is_refused()
    {
        using var app = new AppFolder(Plain).Setting("FUNCTIONS_WORKER_RUNTIME", "custom");

        app.Failure().Should().Contain("has no customHandler");
    }
}
