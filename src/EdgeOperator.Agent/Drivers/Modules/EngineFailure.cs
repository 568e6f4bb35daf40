using System.Net;
using EdgeOperator.Agent.Drivers.Modules.Engine;
using EdgeOperator.Core.Planning;

namespace EdgeOperator.Agent.Drivers.Modules;

/// <summary>
/// Tells failures that may pass from those that only another manifest can help. Engines give a status and words; both
/// are needed, since Docker answers 500 for a port in use and Podman for most things.
/// </summary>
internal static class EngineFailure
{
    public static StepOutcome Classify(Step step, EngineException e) => e switch
    {
        { IsUnavailable: true } => new StepOutcome.Retry("EngineUnavailable", e.Message),
        _ when Says(e, "port is already allocated", "address already in use", "failed to bind port", "ports are not available") =>
            new StepOutcome.Retry("PortInUse", $"a port that {step.Resource} publishes is in use by something else: {e.Message}"),
        _ when Says(e, "no space left on device") => new StepOutcome.Retry("DiskFull", e.Message),
        _ when Says(e, "bind source path does not exist", "error gathering device information", "no such device") =>
            new StepOutcome.Retry("MountSourceMissing", $"{step.Resource} needs a path or device that is not there: {e.Message}"),
        _ when Says(e, "address pool", "pools have been exhausted", "no free address", "no available network") =>
            new StepOutcome.Retry("AddressesExhausted", e.Message),
        _ when Says(e, "no such image", "image not known") => new StepOutcome.Retry("ImageMissing", e.Message),
        _ when IsNetworkMissing(e) => new StepOutcome.Retry("NetworkMissing", e.Message),
        _ when step is StartContainer or RestartContainer && Says(e, "exec: \"", "executable file", "exec format error") =>
            new StepOutcome.Terminal("CommandNotRunnable", $"the container's command can't be run: {e.Message}"),
        _ when step is CreateContainer && IsRefusal(e) =>
            new StepOutcome.Terminal("InvalidCreateOptions", $"the engine refuses the options of {step.Resource}: {e.Message}"),
        { IsNotFound: true } when step is ContainerStep => new StepOutcome.Retry("ContainerMissing", e.Message),
        _ => new StepOutcome.Retry("EngineError", e.Message),
    };

    public static bool IsNetworkMissing(EngineException e) => e.IsNotFound && Says(e, "network");

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
