using System.Net;
using EdgeOperator.Agent.Engine;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent.Kinds.EdgeModule;

/// <summary>
/// Tells failures that may pass from those that only another manifest can help. Engines give a status and words; both
/// are needed, since Docker answers 500 for a port in use and Podman for most things.
/// </summary>
internal static class EngineFailure
{
    public static StepOutcome Classify(Step step, EngineException e) => e switch
    {
        { IsUnavailable: true } => Unavailable(e),
        _ when Says(e, "no space left on device", "disk quota exceeded") => new StepOutcome.Retry(FaultAdvice.DiskFull, e.Message) { Fault = Fault.Device },
        _ when Says(e, "cannot allocate memory") => new StepOutcome.Retry(FaultAdvice.OutOfMemory, e.Message) { Fault = Fault.Device },
        _ when IsInternal(e) => new StepOutcome.Retry(FaultAdvice.EngineInternalError, e.Message) { Fault = Fault.Device },
        _ when Says(e, "port is already allocated", "address already in use", "failed to bind port", "ports are not available") =>
            new StepOutcome.Retry("PortInUse", $"a port that {step.Resource} publishes is in use by something else: {e.Message}"),
        _ when Says(e, "bind source path does not exist", "error gathering device information", "no such device") =>
            new StepOutcome.Retry("MountSourceMissing", $"{step.Resource} needs a path or device that is not there: {e.Message}"),
        _ when Says(e, "address pool", "pools have been exhausted", "no free address", "no available network") =>
            new StepOutcome.Retry("AddressesExhausted", e.Message) { Fault = Fault.Device },
        _ when Says(e, "no such image", "image not known") => new StepOutcome.Retry("ImageMissing", e.Message),
        _ when IsNetworkMissing(e) => new StepOutcome.Retry("NetworkMissing", e.Message),
        _ when step is StartContainer or RestartContainer && Says(e, "exec: \"", "executable file", "exec format error") =>
            new StepOutcome.Terminal("CommandNotRunnable", $"the container's command can't be run: {e.Message}"),
        _ when step is CreateContainer && IsRefusal(e) =>
            new StepOutcome.Terminal("InvalidCreateOptions", $"the engine refuses the options of {step.Resource}: {e.Message}"),
        { IsNotFound: true } when step is ContainerStep => new StepOutcome.Retry("ContainerMissing", e.Message),
        _ => new StepOutcome.Retry("EngineError", e.Message),
    };

    public static StepOutcome.Retry Unavailable(EngineException e) => new(nameof(BlockedReason.EngineUnavailable), e.Message) { Fault = Fault.Device };

    public static bool IsNetworkMissing(EngineException e) => e.IsNotFound && Says(e, "network");

    /// <summary>
    /// Whether the engine failed by itself: its containerd is gone or has another container's task under the same id, its own files are
    /// damaged, it has no more descriptors. In a 5xx only: what a request brings on is a 4xx, or has its own words.
    /// </summary>
    private static bool IsInternal(EngineException e) => e.Status >= HttpStatusCode.InternalServerError && (
        (Says(e, "task ") && Says(e, "already exists"))
        || Says(e, "containerd.sock", "transport is closing", "ttrpc: closed", "error while dialing", "code = unavailable",
            "shim exited", "input/output error", "too many open files", "resource temporarily unavailable", "database not open", "structure needs cleaning",
            "layer does not exist", "failed to mount overlay", "id already in use"));

    private static bool IsRefusal(EngineException e) =>
        e.Status is HttpStatusCode.BadRequest or HttpStatusCode.NotAcceptable or HttpStatusCode.UnprocessableEntity
        || Says(e, "cannot unmarshal", "invalid ", "conflicting options");

    private static bool Says(EngineException e, params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            if (e.Message.Contains(word, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
