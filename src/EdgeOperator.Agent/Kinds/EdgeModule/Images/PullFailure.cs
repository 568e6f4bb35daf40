using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent.Kinds.EdgeModule.Images;

/// <summary>
/// Names what kept an image away. Engines report it as text only, and texts differ; a pull may always be tried again, as
/// registries, networks and disks recover.
/// </summary>
internal static class PullFailure
{
    private static readonly TimeSpan WhenLimited = TimeSpan.FromMinutes(5);

    /// <summary>Those that somebody must mend, at the registry or in the manifest.</summary>
    private static readonly string[] Stalled = ["NoImageForPlatform", "RegistryUnauthorized", "RegistryUntrusted", "ImageNotFound"];

    /// <summary>Those of the device and its surroundings: no manifest has brought them on.</summary>
    private static readonly string[] OfDevice = [FaultAdvice.DiskFull, "RegistryRateLimited", "RegistryUnreachable"];

    private static readonly (string Reason, string[] Words)[] Reasons =
    [
        (FaultAdvice.DiskFull, ["no space left on device", "disk quota exceeded"]),
        ("RegistryRateLimited", ["toomanyrequests", "too many requests"]),
        ("NoImageForPlatform", ["no matching manifest", "no image found in manifest list", "no image found in image index"]),
        ("RegistryUnauthorized", ["unauthorized", "no basic auth credentials", "authentication required", "incorrect username or password", "forbidden", "access denied", "access to the resource is denied"]),
        ("RegistryUntrusted", ["x509:", "certificate", "server gave http response to https client"]),
        ("ImageNotFound", ["manifest unknown", "not found", "name unknown", "no such image", "does not exist"]),
        ("RegistryUnreachable", ["connection refused", "no such host", "network is unreachable", "no route to host", "timeout", "timed out", "connection reset", "eof", "deadline exceeded", "dial tcp", "server misbehaving", "broken pipe", "bad gateway", "service unavailable", "temporary failure"]),
    ];

    public static StepOutcome.Retry Classify(string image, string message)
    {
        var reason = Reasons.FirstOrDefault(r => r.Words.Any(word => message.Contains(word, StringComparison.OrdinalIgnoreCase))).Reason ?? "PullFailed";
        return new(reason, $"{image} could not be pulled: {message}", reason == "RegistryRateLimited" ? WhenLimited : null)
        {
            Fault = OfDevice.Contains(reason) ? Fault.Device : Fault.Revision,
            IsStalled = Stalled.Contains(reason),
        };
    }
}
