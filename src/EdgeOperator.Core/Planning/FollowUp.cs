using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Planning;

/// <summary>
/// A step by which one resource makes another take notice of its change, such as the restart of a module whose file changed. It
/// belongs behind the other's own steps, and is dropped when those start it in any case.
/// </summary>
/// <param name="Target">The other resource.</param>
internal sealed record FollowUp(ResourceId Target, Step Step);
