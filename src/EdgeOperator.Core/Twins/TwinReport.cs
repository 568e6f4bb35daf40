using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Twins;

/// <summary>What a device reports in its twin, as <c>properties.reported.edgeoperator</c>.</summary>
public static class TwinReport
{
    /// <summary>As <see cref="TwinSize"/> counts; the rest of the 32 KiB is for others.</summary>
    public const int MaxSize = 24 * 1024;

    private const int LongestMessage = 512;
    private const int MostDisks = 8;
    private const int MostCertificates = 8;

    /// <summary>Resources one by one while they fit, otherwise how many there are and how many of them are Ready.</summary>
    public static JsonObject Of(DeviceStatus status)
    {
        var report = Head(status);
        var resources = new JsonObject();
        foreach (var resource in status.Resources)
            resources[$"{resource.Kind}/{resource.Name.Replace('.', '_')}"] = new JsonObject
            {
                ["state"] = Short(resource.State),
                ["ready"] = ReadyOf(resource.Conditions),
            };
        report["resources"] = resources;
        if (TwinSize.Of(report) <= MaxSize && TwinCheck.Find(TwinSection.Reported, report) is null)
            return report;
        report.Remove("resources");
        return report;
    }

    private static JsonObject Head(DeviceStatus status)
    {
        var conditions = new JsonObject();
        foreach (var condition in status.Conditions)
            conditions[condition.Type] = new JsonObject
            {
                ["status"] = condition.Status.ToString(),
                ["reason"] = condition.Reason,
                ["message"] = Short(condition.Message),
            };
        var sources = new JsonObject();
        foreach (var source in status.Sources)
            sources[source.Name.Replace('.', '_')] = new JsonObject
            {
                ["revision"] = source.Revision,
                ["ready"] = source.Ready.Status.ToString(),
                ["reason"] = source.Ready.Reason,
                ["message"] = source.Ready.Status == ConditionStatus.True ? null : Short(source.Ready.Message),
                ["applied"] = source.Applied,
                ["failed"] = source.Failed is not { } failed ? null : new JsonObject { ["revision"] = failed.Revision, ["message"] = Short(failed.Message) },
            };
        var artifacts = new JsonObject();
        foreach (var (name, artifact) in status.Artifacts ?? ImmutableSortedDictionary<string, ArtifactStatus>.Empty)
            artifacts[name] = new JsonObject
            {
                ["applied"] = Revision(artifact.Applied),
                ["lastGood"] = Revision(artifact.LastGood),
                ["failed"] = artifact.Failed is not { } failed ? null : new JsonObject { ["revision"] = failed.Revision, ["digest"] = failed.Digest, ["message"] = Short(failed.Message) },
            };
        return new()
        {
            ["agentVersion"] = status.AgentVersion,
            ["recipient"] = status.Recipient,
            ["desired"] = status.Desired?.Id,
            ["applied"] = status.Applied?.Id,
            ["lastGood"] = status.LastGood?.Id,
            ["suspended"] = status.Suspended,
            ["conditions"] = conditions,
            ["sources"] = sources,
            ["artifacts"] = artifacts.Count == 0 ? null : artifacts,
            ["host"] = status.Host is { } host ? Host(host) : null,
            ["certificates"] = Certificates(status),
            ["counts"] = new JsonObject
            {
                ["resources"] = status.Resources.Length,
                ["ready"] = status.Resources.Count(r => ReadyOf(r.Conditions) == nameof(ConditionStatus.True)),
            },
        };
    }

    // A path may hold what a property's name may not.
    private static JsonObject Host(HostSummary host)
    {
        var disks = new JsonArray([.. host.Disks.Take(MostDisks).Select(disk => (JsonNode)new JsonObject { ["path"] = Short(disk.Key), ["used"] = disk.Value })]);
        return new() { ["memory"] = host.Memory, ["fullestDisk"] = host.Disks.IsEmpty ? null : host.Disks.Values.Max(), ["disks"] = disks };
    }

    private static JsonArray? Certificates(DeviceStatus status) => status.Certificates is not { IsEmpty: false } certificates ? null : new(
        [.. certificates.Take(MostCertificates).Select(certificate => (JsonNode)new JsonObject
        {
            ["name"] = Short(certificate.Name),
            ["subject"] = Short(certificate.Subject),
            ["expires"] = certificate.Expires.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            ["renews"] = certificate.Renews,
        })]);

    private static JsonObject? Revision(ArtifactRevision? revision) =>
        revision is null ? null : new() { ["revision"] = revision.Revision, ["digest"] = revision.Digest };

    private static string ReadyOf(IEnumerable<Condition> conditions) =>
        (conditions.FirstOrDefault(c => c.Type == Condition.Ready)?.Status ?? ConditionStatus.Unknown).ToString();

    internal static string Short(string text) => text.Length <= LongestMessage ? text : text[..LongestMessage] + "…";
}
