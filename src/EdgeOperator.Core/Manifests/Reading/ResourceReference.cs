namespace EdgeOperator.Core.Manifests.Reading;

/// <summary>Another resource that a manifest names, elsewhere than in <c>dependsOn</c>.</summary>
/// <param name="Where">Where it is named.</param>
/// <param name="Verb">What connects both in a message: <c>should run in</c>.</param>
/// <param name="Otherwise">What else to do when there is no such resource: <c>write `host` for …</c></param>
internal sealed record ResourceReference(ResourceId Target, Position Where, string Verb, string Otherwise);
