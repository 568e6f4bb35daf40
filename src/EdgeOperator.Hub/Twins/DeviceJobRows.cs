using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Twins;
using EdgeOperator.Hub.Identities;
using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Twins;

/// <summary>What jobs do with single devices and modules, as queries over <c>devices.jobs</c> see it.</summary>
internal static class DeviceJobRows
{
    private const string JobKind = "job";

    /// <summary>In the order of jobs and targets, whose names together stand in the place of a key.</summary>
    public static async IAsyncEnumerable<(IdentityKey Key, JsonObject Row)> AllAsync(
        IHubStore store, int pageSize, IdentityKey? after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var types = new Dictionary<string, string?>(StringComparer.Ordinal);
        (string, string)? last = after is { } key ? (key.DeviceId, key.ModuleId) : null;
        while (true)
        {
            var page = await store.ScanDeviceJobsAsync(last, pageSize, cancellation);
            foreach (var job in page)
            {
                if (!types.TryGetValue(job.JobId, out var type))
                    types[job.JobId] = type = await store.FindDocumentAsync(JobKind, job.JobId, cancellation) is { } document ? (string?)JsonNode.Parse(document.Json)!["type"] : null;
                yield return (new(job.JobId, job.Target), Write(job, type));
            }

            if (page.Count < pageSize)
                yield break;
            last = (page[^1].JobId, page[^1].Target);
        }
    }

    private static JsonObject Write(DeviceJob job, string? type)
    {
        var row = new JsonObject
        {
            ["deviceId"] = job.Key.DeviceId,
            ["jobId"] = job.JobId,
            ["jobType"] = type,
            ["status"] = job.Status.ToString().ToLowerInvariant(),
            ["startTimeUtc"] = Time(job.Started),
            ["endTimeUtc"] = Time(job.Ended),
            ["createdDateTimeUtc"] = TwinMetadata.Time(job.Created),
            ["lastUpdatedDateTimeUtc"] = TwinMetadata.Time(job.Updated),
            ["outcome"] = job.Outcome is null ? new JsonObject { ["deviceMethodResponse"] = null } : JsonNode.Parse(job.Outcome),
        };
        if (job.Key.IsModule)
            row["moduleId"] = job.Key.ModuleId;
        if (job.Error?.Split(';', 2) is [var code, var description])
            row["error"] = new JsonObject { ["code"] = code, ["description"] = description };
        return row;
    }

    private static string? Time(DateTimeOffset? time) => time is { } known ? TwinMetadata.Time(known) : null;
}
