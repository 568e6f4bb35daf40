using System.Collections.Immutable;
using System.Text.Json.Serialization;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent.Storage;

/// <summary>What a source delivered last.</summary>
/// <param name="Origin">Changes with the source's settings: what was fetched under others has to be fetched again.</param>
public sealed record NewestArtifact(RevisionPart Artifact, string Origin, DateTimeOffset FetchedAt);

/// <param name="Sequence">Higher than that of every revision composed before; clocks of devices go astray.</param>
internal sealed record StoredRevision(string Id, string Display, long Sequence, ImmutableArray<RevisionPart> Artifacts);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(NewestArtifact))]
[JsonSerializable(typeof(StoredRevision))]
internal sealed partial class StoreJson : JsonSerializerContext;
