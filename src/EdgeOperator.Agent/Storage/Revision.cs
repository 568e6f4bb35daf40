using System.Collections.Immutable;

namespace EdgeOperator.Agent.Storage;

/// <summary>
/// What a device moves to as a whole: one artifact of each source, in the order of the configuration (later ones win).
/// </summary>
/// <param name="Id">The only artifact's id, or a hash over all of them.</param>
public sealed record Revision(string Id, string Display, ImmutableArray<Artifact> Artifacts);
