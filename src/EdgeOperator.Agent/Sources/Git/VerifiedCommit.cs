using System.Text.Json.Serialization;
using EdgeOperator.Git;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Sources.Git;

/// <summary>The commit of a signed source that was verified last: what comes after it must be its descendant.</summary>
/// <param name="Of">The repository and what is followed in it. Under another one in the configuration it says nothing.</param>
/// <param name="SeenAt">When the device saw it for the first time, at which its signature is judged for ever.</param>
internal sealed record VerifiedCommit(string Of, string Commit, string Display, DateTimeOffset SeenAt);

/// <summary>Keeps the last verified commit on the disk, apart from the mirror, which may be thrown away at any time.</summary>
internal sealed class VerifiedCommitFile(string folder)
{
    private readonly string _path = Path.Combine(folder, "verified.json");

    /// <returns>Null when nothing was verified yet.</returns>
    /// <exception cref="FetchException">There is a record, and both its copies are damaged: what was verified last is not known.</exception>
    /// <exception cref="IOException">It can't be read now.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public VerifiedCommit? Read()
    {
        var verified = StateFile.ReadEither(_path, GitJson.Default.VerifiedCommit, out var damage);
        return verified is null && damage is not null
            ? throw new FetchException(
                FetchReasons.RewindRefused, $"{_path}, the record of the commit that was verified last, is damaged ({damage}): `edgeop reconcile --allow-rewind` accepts once what the source has now")
            : verified;
    }

    /// <exception cref="IOException">The disk is full or failed.</exception>
    public void Write(VerifiedCommit verified) => StateFile.WriteTwice(_path, verified, GitJson.Default.VerifiedCommit);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(VerifiedCommit))]
internal sealed partial class GitJson : JsonSerializerContext;
