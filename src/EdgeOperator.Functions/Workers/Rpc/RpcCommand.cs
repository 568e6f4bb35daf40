using System.Collections.Immutable;
using System.Globalization;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Workers.Processes;

namespace EdgeOperator.Functions.Workers.Rpc;

/// <summary>The command line and environment that language workers are started with.</summary>
internal static class RpcCommand
{
    /// <summary>Workers compare it with the versions of the cloud's own host.</summary>
    public const string HostVersion = "4.1037.0";

    public static ProcessSettings Of(FunctionApp app, WorkerConfig config, string id, int port, string temporaryFolder) => new()
    {
        Executable = config.Executable,
        Arguments = [.. config.Arguments, .. config.Script is { } script ? [script] : Array.Empty<string>(), .. config.WorkerArguments, .. Protocol(id, port)],
        WorkingDirectory = app.Folder,
        Environment = WorkerEnvironment.Of(
            app,
            temporaryFolder,
            new("FUNCTIONS_WORKER_RUNTIME", app.Worker),
            new("FUNCTIONS_WORKER_DIRECTORY", config.Folder),
            new("FUNCTIONS_APPLICATION_DIRECTORY", app.Folder),
            new("AzureWebJobsScriptRoot", app.Folder),
            new("PYTHONPATH", PythonPath(app))),
    };

    // Where the cloud's build puts an app's packages; the Python worker itself looks there in the cloud alone.
    private static string PythonPath(FunctionApp app)
    {
        var packages = Path.Combine(app.Folder, ".python_packages", "lib", "site-packages");
        return SettingNames.Find(app.Settings, "PYTHONPATH") is { Length: > 0 } own ? $"{packages}{Path.PathSeparator}{own}" : packages;
    }

    // Each twice: workers of before and after the names got their prefix.
    private static ImmutableArray<string> Protocol(string id, int port)
    {
        var (number, request) = (port.ToString(CultureInfo.InvariantCulture), Guid.NewGuid().ToString());
        var limit = EventStreamServer.MessageLimit.ToString(CultureInfo.InvariantCulture);
        return
        [
            "--host", "127.0.0.1", "--port", number, "--workerId", id, "--requestId", request, "--grpcMaxMessageLength", limit,
            "--functions-uri", $"http://127.0.0.1:{number}/", "--functions-worker-id", id, "--functions-request-id", request,
            "--functions-grpc-max-message-length", limit,
        ];
    }
}
