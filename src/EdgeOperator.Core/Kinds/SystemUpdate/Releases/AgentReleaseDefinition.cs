using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Core.Kinds.SystemUpdate.Releases;

internal static class AgentReleaseDefinition
{
    public static ObjectType Type { get; } = new(
        new("version", Names.Version, "The version that the device should run, as `edgeop version` prints it.") { Required = true },
        new("path", Names.AbsolutePath, "The release's archive as a file on the device."),
        new("url", Names.HttpUrl, "The release's archive as a file that the device fetches."),
        new("sha256", Names.Sha256, "The archive's SHA-256.") { Required = true },
        new("signature", StringType.Any, "The archive's signature in Base64; absent means that it lies beside the archive, with `.sig` behind its name."),
        new("allowDowngrade", BooleanType.Instance, "Accept a version that is lower than the running one.") { Default = "false" },
        new("deadline", new DurationType(TimeSpan.FromSeconds(10), TimeSpan.FromHours(24)), "How long the version may take, once it is started, to complete a pass; then it is taken back.") { Default = "10m" })
    {
        Rules = [new Rule.ExactlyOne("path", "url")],
    };
}

/// <summary>The field <c>agent</c> as written; <see cref="AgentReleaseDefinition"/> says what it means.</summary>
internal sealed record AgentReleaseFields(
    string Version, string Sha256, bool AllowDowngrade, TimeSpan Deadline, string? Path = null, string? Url = null, string? Signature = null)
{
    public AgentRelease Bind() => new()
    {
        Version = Version,
        Location = Path ?? Url!,
        Sha256 = Sha256,
        Signature = Signature,
        AllowDowngrade = AllowDowngrade,
        Deadline = Deadline,
    };
}
