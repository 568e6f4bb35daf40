using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Kinds.ConfigFile;

internal sealed partial class ConfigFileWatcher
{
    [LoggerMessage(3210, LogLevel.Information, "{Folder} can't be watched ({Reason}); its files are looked at in every pass only")]
    private partial void LogNotWatched(string folder, string reason);

    [LoggerMessage(3211, LogLevel.Information, "Files lie in {Count} folders, and {Maximum} can be watched; the files in the others are looked at in every pass only")]
    private partial void LogTooMany(int count, int maximum);
}
