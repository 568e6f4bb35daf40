using EdgeOperator.Core.Planning;

namespace EdgeOperator.Agent.Drivers.Files;

/// <summary>What a failed file operation means for the step: all of these may pass.</summary>
internal static class FileFailure
{
    public static StepOutcome Of(string path, string message, Exception e) => new StepOutcome.Retry(
        Reason(e), $"{path} can't be changed: {message}");

    // The codes of Linux; on Windows only a full disk is told apart (ERROR_DISK_FULL).
    private static string Reason(Exception e) => (e.HResult & 0xFFFF) switch
    {
        28 or 112 => "DiskFull",
        30 => "ReadOnlyFileSystem",
        1 or 13 => "PermissionDenied",
        _ => e is UnauthorizedAccessException ? "PermissionDenied" : "FileError",
    };
}
