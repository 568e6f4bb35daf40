using EdgeOperator.Functions.App;

namespace EdgeOperator.Functions.Workers.CustomHandler;

/// <summary>What a custom handler finds in its environment, besides the settings; the names are the cloud's, but for the socket's.</summary>
internal static class HandlerVariables
{
    /// <param name="socket">A Unix socket that the handler may listen on in place of the port; null where there are none.</param>
    public static IEnumerable<KeyValuePair<string, string>> Of(FunctionApp app, int port, string? socket)
    {
        var id = Guid.NewGuid().ToString();
        return
        [
            new("FUNCTIONS_CUSTOMHANDLER_PORT", $"{port}"),
            new("FUNCTIONS_CUSTOMHANDLER_WORKER_ID", id),
            new("FUNCTIONS_HTTPWORKER_PORT", $"{port}"),
            new("FUNCTIONS_HTTPWORKER_ID", id),
            new("FUNCTIONS_APP_ROOT_PATH", app.Folder),
            .. socket is null ? Array.Empty<KeyValuePair<string, string>>() : [new("EDGEOP_CUSTOMHANDLER_SOCKET", socket)],
        ];
    }
}
