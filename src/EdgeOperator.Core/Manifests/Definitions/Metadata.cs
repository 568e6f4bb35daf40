using System.Collections.Immutable;

namespace EdgeOperator.Core.Manifests.Definitions;

internal sealed record Metadata(string Name, ImmutableSortedDictionary<string, string>? Annotations);
