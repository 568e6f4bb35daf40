using System.Collections.Immutable;
using EdgeOperator.Core.Kinds.EdgeModule;

namespace EdgeOperator.Core.Manifests.Reading;

/// <summary>What came of a document in another system's language.</summary>
internal sealed record ImportedDocument(ImmutableArray<Resource> Resources, ImmutableArray<RegistryCredential> RegistryCredentials);
