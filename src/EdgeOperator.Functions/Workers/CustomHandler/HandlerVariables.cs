using EdgeOperator.Functions.App;

namespace EdgeOperator.Functions.Workers.CustomHandler;

/// <summary>What a custom handler finds in its environment, besides the settings; the names are the cloud's.</summary>
internal static class HandlerVariables
{
    public static IEnumerable<KeyValuePair<string, string>> Of(FunctionApp app, int port)
    {
        var id = Guid.NewGuid().ToString();
        return
        [
            new("FUNCTIONS_CUSTOMHANDLER_PORT", $"{port}"),
            new("FUNCTIONS_CUSTOMHANDLER_WORKER_ID", id),
            new("FUNCTIONS_HTTPWORKER_PORT", $"{port}"),
            new("FUNCTIONS_HTTPWORKER_ID", id),
            new("FUNCTIONS_APP_ROOT_PATH", app.Folder),
        ];
    }
}
