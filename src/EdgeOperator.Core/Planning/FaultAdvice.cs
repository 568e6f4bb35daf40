using EdgeOperator.Core.State;
using EdgeOperator.Core.Text;

namespace EdgeOperator.Core.Planning;

/// <summary>What somebody can do about faults of the device that do not pass by themselves.</summary>
public static class FaultAdvice
{
    /// <summary>The engine failed by itself: what it was asked for is in order.</summary>
    public const string EngineInternalError = nameof(EngineInternalError);

    public const string DiskFull = nameof(DiskFull);

    public const string OutOfMemory = nameof(OutOfMemory);

    // An engine may fail once or twice and recover.
    private const int RepeatedFrom = 3;

    /// <summary>A failure's message, with what to do where it is known.</summary>
    public static string Complete(BackOff failure) => failure switch
    {
        { Reason: DiskFull } => $"{failure.Message}; free some space: it is tried again by itself",
        { Reason: OutOfMemory } => $"{failure.Message}; free some memory: it is tried again by itself",
        { Reason: EngineInternalError, Failures: >= RepeatedFrom } =>
            $"{failure.Message}; the engine has failed {failure.Failures} times: restart it ({ServiceCommands.RestartEngine}), and if that does not help, remove the container by hand",
        _ => failure.Message,
    };
}
