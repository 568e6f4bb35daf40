using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace EdgeOperator.Agent.Storage;

/// <summary>An artifact that is on the disk.</summary>
/// <param name="Hash">SHA-256 of the stored file in lower-case hex.</param>
public sealed record StoredArtifact(string Source, string Id, string Display, string Hash);

/// <summary>What a source delivered last.</summary>
/// <param name="Origin">Changes with the source's settings: what was fetched under others has to be fetched again.</param>
public sealed record NewestArtifact(StoredArtifact Artifact, string Origin, DateTimeOffset FetchedAt);

/// <param name="Sequence">Higher than that of every revision composed before; clocks of devices go astray.</param>
internal sealed record StoredRevision(string Id, string Display, long Sequence, ImmutableArray<StoredArtifact> Artifacts);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(NewestArtifact))]
[JsonSerializable(typeof(StoredRevision))]
internal sealed partial class StoreJson : JsonSerializerContext;
