using System.Text.Json.Serialization;

namespace EdgeOperator.Git.Lfs;

// Wire format: https://github.com/git-lfs/git-lfs/blob/main/docs/api/batch.md and, for LfsAuthentication, docs/api/authentication.md.
internal sealed record LfsBatchRequest(
    string Operation, string[] Transfers, LfsObject[] Objects, [property: JsonPropertyName("hash_algo")] string HashAlgorithm);

internal sealed record LfsObject(string Oid, long Size);

internal sealed record LfsBatchAnswer(string? Transfer, LfsObjectAnswer?[]? Objects);

internal sealed record LfsObjectAnswer(string? Oid, bool? Authenticated, LfsActions? Actions, LfsError? Error);

internal sealed record LfsActions(LfsAction? Download);

internal sealed record LfsAction(string? Href, Dictionary<string, string>? Header);

internal sealed record LfsError(int Code, string? Message);

/// <summary>What a server says in the body of a failure.</summary>
internal sealed record LfsFailure(string? Message);

/// <summary>What <c>git-lfs-authenticate</c> prints on an SSH server.</summary>
internal sealed record LfsAuthentication(string? Href, Dictionary<string, string>? Header);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LfsBatchRequest))]
[JsonSerializable(typeof(LfsBatchAnswer))]
[JsonSerializable(typeof(LfsFailure))]
[JsonSerializable(typeof(LfsAuthentication))]
internal sealed partial class LfsJson : JsonSerializerContext;
