using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Agent.Kinds.SystemUpdate;

/// <summary>Lets operators have an update without its window.</summary>
public interface IUpdateOverride
{
    /// <param name="by">Who asks.</param>
    /// <exception cref="IOException">It can't be remembered.</exception>
    void Override(ResourceId update, string by);
}
