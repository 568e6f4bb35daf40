using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent.Execution;

/// <summary>Tells failures of the device (its disks, its memory, its permissions) from those that what is desired has brought on.</summary>
internal static class IoFailure
{
    /// <param name="message">What could not be done, and why.</param>
    /// <param name="otherwise">The reason of a failure that is none of the device's.</param>
    public static StepOutcome.Retry Of(Exception e, string message, string otherwise) =>
        ReasonOf(e) is { } reason ? new(reason, message) { Fault = Fault.Device } : new(otherwise, message);

    /// <summary>The device's fault that the exception reports; null when it reports none.</summary>
    // The codes of Linux (errno.h); on Windows only a full disk is recognised (ERROR_DISK_FULL).
    internal static string? ReasonOf(Exception e) => (e.HResult & 0xFFFF) switch
    {
        28 or 112 or 122 => FaultAdvice.DiskFull,
        30 => "ReadOnlyFileSystem",
        1 or 13 => "PermissionDenied",
        12 => FaultAdvice.OutOfMemory,
        5 => "DiskError",
        23 or 24 => "TooManyOpenFiles",
        _ => e switch
        {
            UnauthorizedAccessException => "PermissionDenied",
            OutOfMemoryException => FaultAdvice.OutOfMemory,
            _ => null,
        },
    };
}
