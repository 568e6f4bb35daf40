using EdgeOperator.Functions.App;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Functions.Tests.App;

public sealed class HostFileTests
{
    private const string Handler = """ "customHandler": { "description": { "defaultExecutablePath": "run" } } """;

    [Fact]
    public void Every_key_that_matters_is_read()
    {
        using var app = new AppFolder("""
            {
              // as the cloud's reader takes it
              "version": "2.0",
              "functionTimeout": "00:02:00",
              "functions": ["one", "two"],
              "retry": { "strategy": "exponentialBackoff", "maxRetryCount": 4, "minimumInterval": "00:00:02", "maximumInterval": "00:01:00" },
              "logging": { "logLevel": { "default": "Warning", "Function.one": "debug", "Host.Results": "None" }, "fileLoggingMode": "always" },
              "extensionBundle": { "id": "Microsoft.Azure.Functions.ExtensionBundle", "version": "[4.*, 5.0.0)" },
              "extensions": {
                "http": { "routePrefix": "/v1/", "maxOutstandingRequests": 20, "maxConcurrentRequests": "10", "customHeaders": { "X-A": "b" }, "hsts": { "isEnabled": true, "maxAge": "10", "includeSubDomains": true } },
                "queues": { "batchSize": 8, "maxDequeueCount": 3, "visibilityTimeout": "00:00:05", "maxPollingInterval": "00:00:02", "messageEncoding": "none" },
                "blobs": { "maxDegreeOfParallelism": 4, "poisonBlobThreshold": "1" },
                "durableTask": { "hubName": "x" },
              },
              "customHandler": {
                "description": { "defaultExecutablePath": "%EXE%", "arguments": ["-x", "%MISSING%"], "defaultWorkerPath": "w.py", "workerArguments": ["%EXE%"] },
                "enableForwardingHttpRequest": true,
              },
              "somethingNew": [1],
            }
            """);
        app.Write("w.py", "");
        app.Setting("EXE", "python3").Setting("FUNCTIONS_REQUEST_BODY_SIZE_LIMIT", "1234");

        var host = app.Read().Host;

        host.FunctionTimeout.Should().Be(TimeSpan.FromMinutes(2));
        host.Functions.Should().Equal("one", "two");
        host.Retry.Should().Be(new RetryPolicy(4, TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(1)));
        host.DefaultLogLevel.Should().Be(LogLevel.Warning);
        host.LogLevels.Should().Equal(new Dictionary<string, LogLevel> { ["Function.one"] = LogLevel.Debug, ["Host.Results"] = LogLevel.None });
        host.Http.Should().BeEquivalentTo(new { RoutePrefix = "v1", MaxOutstandingRequests = 20, MaxConcurrentRequests = 10, BodyLimit = 1234L, StrictTransportSecurity = "max-age=864000; includeSubDomains" });
        host.Http.CustomHeaders.Should().Contain("X-A", "b");
        host.Queues.Should().Be(new QueueSettings
        {
            BatchSize = 8,
            NewBatchThreshold = 4,
            MaxDequeueCount = 3,
            VisibilityTimeout = TimeSpan.FromSeconds(5),
            MaxPollingInterval = TimeSpan.FromSeconds(2),
            Base64 = false,
        });
        host.Blobs.Should().Be(new BlobSettings { MaxDegreeOfParallelism = 4, PoisonBlobThreshold = 1 });
        host.CustomHandler!.Executable.Should().Be("python3");
        host.CustomHandler.Arguments.Should().Equal("-x", Path.Combine(app.Path, "w.py"), "python3");
        host.CustomHandler.WorkingDirectory.Should().Be(app.Path);
        host.CustomHandler.ForwardsHttp.Should().BeTrue();
    }

    [Fact]
    public void What_is_not_said_is_as_in_the_cloud()
    {
        using var app = new AppFolder();

        var host = app.Read().Host;

        host.FunctionTimeout.Should().Be(TimeSpan.FromMinutes(30));
        host.Http.RoutePrefix.Should().Be("api");
        host.Queues.Should().Be(new QueueSettings());
        host.CustomHandler!.ForwardsHttp.Should().BeFalse();
    }

    [Fact]
    public void An_unlimited_function_may_run_for_ever()
    {
        using var app = new AppFolder($$"""{ "version": "2.0", "functionTimeout": "-1", {{Handler}} }""");

        app.Read().Host.FunctionTimeout.Should().BeNull();
    }

    [Fact]
    public void Settings_override_keys_whatever_their_case()
    {
        using var app = new AppFolder($$"""{ "version": "2.0", "functionTimeout": "00:01:00", "functions": ["a", "b"], {{Handler}} }""");
        app.Setting("AzureFunctionsJobHost__functionTimeout", "00:03:00")
            .Setting("azurefunctionsjobhost__Extensions__HTTP__routeprefix", "")
            .Setting("AzureFunctionsJobHost:extensions:queues:batchSize", "4")
            .Setting("AzureFunctionsJobHost__functions__1", "c")
            .Setting("AzureFunctionsJobHost__logging__logLevel__default", "Error");

        var host = app.Read().Host;

        host.FunctionTimeout.Should().Be(TimeSpan.FromMinutes(3));
        host.Http.RoutePrefix.Should().BeEmpty();
        host.Queues.BatchSize.Should().Be(4);
        host.Functions.Should().Equal("a", "c");
        host.DefaultLogLevel.Should().Be(LogLevel.Error);
    }

    [Theory]
    [InlineData("""{ "version": "3.0" }""", "host.json: version must be \"2.0\", not \"3.0\"*")]
    [InlineData("{ }", "host.json: version must be \"2.0\", and is missing*")]
    [InlineData("[]", "host.json must hold a JSON object*")]
    [InlineData("{\n  \"version\": }", "host.json:2:14 is no JSON*")]
    [InlineData("""{ "version": "2.0", "functionTimeout": "soon" }""", "host.json: functionTimeout must be a time span*\"soon\"")]
    [InlineData("""{ "version": "2.0", "functionTimeout": "00:00:00.5" }""", "host.json: functionTimeout must be at least 00:00:01*")]
    [InlineData("""{ "version": "2.0", "extensions": { "queues": { "batchSize": 33 } } }""", "host.json: extensions.queues.batchSize must be a whole number from 1 to 32, not \"33\"")]
    [InlineData("""{ "version": "2.0", "extensions": { "http": "x" } }""", "host.json: extensions.http must be an object")]
    [InlineData("""{ "version": "2.0", "extensions": { "queues": { "messageEncoding": "utf8" } } }""", "*messageEncoding must be one of Base64, None*")]
    [InlineData("""{ "version": "2.0", "logging": { "logLevel": { "default": "Loud" } } }""", "*logging.logLevel.default must be one of Trace*")]
    [InlineData("""{ "version": "2.0", "retry": { "strategy": "fixedDelay", "maxRetryCount": 2 } }""", "*retry.delayInterval is missing*")]
    [InlineData("""{ "version": "2.0", "customHandler": { "description": {} } }""", "*customHandler.description.defaultExecutablePath is missing*")]
    [InlineData("""{ "version": "2.0", "customHandler": { "description": { "defaultExecutablePath": "x", "workingDirectory": "none" } } }""", "*workingDirectory is not a folder*")]
    [InlineData("""{ "version": "2.0", "httpWorker": { "description": {} } }""", "*rename it to customHandler")]
    public void A_wrong_value_is_told_of_with_its_file_and_key(string host, string message)
    {
        using var app = new AppFolder(host);

        app.Failure().Should().Match(message);
    }

    [Fact]
    public void A_folder_without_host_json_is_no_app()
    {
        using var app = new AppFolder();
        File.Delete(Path.Combine(app.Path, "host.json"));

        app.Failure().Should().Contain("There is no host.json in");
    }
}
