using System.Text.Json.Nodes;
using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Twins;
using EdgeOperator.Hub.Identities;
using EdgeOperator.Hub.Service;

namespace EdgeOperator.Hub.Twins;

/// <summary>What every write to a twin goes through, whoever makes it.</summary>
internal static class AcceptedWrite
{
    /// <summary>The write with what the hub adds to it.</summary>
    /// <param name="before">The twin that was written to.</param>
    /// <exception cref="ServiceException">What is asked for is not allowed.</exception>
    public static TwinWriteResult Of(IdentityKey key, Twin before, TwinWriteResult written, DateTimeOffset now)
    {
        // Modules have neither labels nor manifests.
        var accepted = key.IsModule ? written : TwinHub.Kept(before, TwinLabels.Mirrored(before, written, now), now).Checked(before, RegisteredKinds.All.Manifests);
        return accepted.Problem is { } problem ? throw Refusal(problem) : accepted;
    }

    /// <summary>Of an event that says that a twin was changed.</summary>
    public static JsonObject VersionsOf(Twin before, Twin after) => VersionsOf(after, after.Desired.Version != before.Desired.Version);

    /// <param name="isDesired">Whether desired properties were changed.</param>
    /// <inheritdoc cref="VersionsOf(Twin, Twin)"/>
    public static JsonObject VersionsOf(Twin after, bool isDesired)
    {
        var versions = new JsonObject { ["version"] = after.Version };
        if (isDesired)
            versions["desired"] = after.Desired.Version;
        return versions;
    }

    public static ServiceException Refusal(TwinProblem problem) =>
        new(problem.IsSize ? ServiceError.DeviceModelMaxPropertiesExceeded : ServiceError.ArgumentInvalid, problem.ToString());
}
