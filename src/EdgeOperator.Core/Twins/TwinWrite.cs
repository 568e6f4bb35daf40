using System.Text.Json.Nodes;

namespace EdgeOperator.Core.Twins;

/// <summary>A write's result: a new twin, or why there is none.</summary>
/// <param name="Twin">Null exactly when there is a problem.</param>
/// <param name="Notification">What the device is sent, without <c>$version</c>; null when desired properties were not written.</param>
public sealed record TwinWriteResult(Twin? Twin, JsonObject? Notification, TwinProblem? Problem);

/// <summary>The writes that a twin knows, as functions from one twin to the next.</summary>
public static class TwinWrite
{
    /// <summary>Merges into tags and desired properties, as PATCH does; what is null stays as it is.</summary>
    public static TwinWriteResult Patch(Twin twin, JsonObject? tags, JsonObject? desired, DateTimeOffset now)
    {
        var (newTags, newDesired) = (Written(tags), Written(desired));
        if (FindProblem(newTags, newDesired) is { } problem)
            return Refused(problem);
        var patched = twin with
        {
            Tags = newTags is null ? twin.Tags : TwinMerge.Merged(twin.Tags, newTags),
            Desired = newDesired is null ? twin.Desired : twin.Desired.Patched(TwinSection.Desired, newDesired, now),
            Version = twin.Version + 1,
        };
        return Sized(patched, newDesired);
    }

    /// <summary>Replaces tags and desired properties, as PUT does; what is null becomes empty.</summary>
    public static TwinWriteResult Replace(Twin twin, JsonObject? tags, JsonObject? desired, DateTimeOffset now)
    {
        var newDesired = TwinMerge.WithoutNulls(Written(desired) ?? []);
        var newTags = TwinMerge.WithoutNulls(Written(tags) ?? []);
        if (FindProblem(newTags, newDesired) is { } problem)
            return Refused(problem);
        var replaced = twin with
        {
            Tags = newTags,
            Desired = twin.Desired.Replaced(TwinSection.Desired, newDesired, now),
            Version = twin.Version + 1,
        };
        return Sized(replaced, TwinMerge.Difference(twin.Desired.Values, newDesired));
    }

    /// <summary>Replaces desired properties alone, as a deployment does for a module; tags stay.</summary>
    public static TwinWriteResult ReplaceDesired(Twin twin, JsonObject desired, DateTimeOffset now) => Replace(twin, twin.Tags, desired, now);

    /// <summary>Merges into reported properties, as a device does.</summary>
    public static TwinWriteResult Report(Twin twin, JsonObject reported, DateTimeOffset now)
    {
        var patch = Written(reported)!;
        if (TwinCheck.Find(TwinSection.Reported, patch) is { } problem)
            return Refused(problem);
        var next = twin with { Reported = twin.Reported.Patched(TwinSection.Reported, patch, now) };
        return TwinCheck.FindSize(TwinSection.Reported, next.Reported.Values) is { } size ? Refused(size) : new(next, null, null);
    }

    // Clients send back what they have read, so what the hub itself writes is not refused but left out.
    private static JsonObject? Written(JsonObject? content)
    {
        if (content is null || !(content.ContainsKey("$version") || content.ContainsKey("$metadata")))
            return content;
        var written = content.DeepClone().AsObject();
        written.Remove("$version");
        written.Remove("$metadata");
        return written;
    }

    private static TwinProblem? FindProblem(JsonObject? tags, JsonObject? desired) =>
        (tags is null ? null : TwinCheck.Find(TwinSection.Tags, tags)) ?? (desired is null ? null : TwinCheck.Find(TwinSection.Desired, desired));

    private static TwinWriteResult Sized(Twin twin, JsonObject? notification) =>
        (TwinCheck.FindSize(TwinSection.Tags, twin.Tags) ?? TwinCheck.FindSize(TwinSection.Desired, twin.Desired.Values)) is { } size
            ? Refused(size)
            : new(twin, notification, null);

    private static TwinWriteResult Refused(TwinProblem problem) => new(null, null, problem);
}
