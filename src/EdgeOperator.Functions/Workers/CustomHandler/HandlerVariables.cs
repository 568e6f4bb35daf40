using EdgeOperator.Functions.App;

namespace EdgeOperator.Functions.Workers.CustomHandler;

/// <summary>What a custom handler finds in its environment, besides the settings.</summary>
internal static class HandlerVariables
{
    /// <param name="socket">A Unix socket that the handler may listen on in place of the port; null where there are none.</param>
    public static IEnumerable<KeyValuePair<string, string>> Of(FunctionApp app, int port, string? socket)
    {
        var id = Guid.NewGuid().ToString();
        return
        [
            new(HandlerNames.Port, $"{port}"),
            new(HandlerNames.WorkerId, id),
            new(HandlerNames.OldPort, $"{port}"),
            new(HandlerNames.OldWorkerId, id),
            new(HandlerNames.Root, app.Folder),
            .. socket is null ? Array.Empty<KeyValuePair<string, string>>() : [new(HandlerNames.Socket, socket)],
        ];
    }
}
