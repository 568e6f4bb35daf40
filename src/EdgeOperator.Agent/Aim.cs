using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent;

/// <summary>Where a pass wants to get.</summary>
/// <param name="Target">The chosen revision; null when there is none, or it is not kept any more.</param>
/// <param name="LastGood">What to keep up until the target is fetched, and what to go back to.</param>
/// <param name="IsLastGood">The device is where it has been before: nothing has to prove itself.</param>
public sealed record Aim(Choice Choice, Rendering? Target, Rendering? LastGood, bool IsLastGood)
{
    /// <summary>All that must be observed: what is kept up now, and what the other revision has besides.</summary>
    /// <param name="fetching">The last good revision is what is kept up.</param>
    public DesiredState Everything(bool fetching)
    {
        var target = Target?.State ?? DesiredState.Empty;
        var good = LastGood?.State ?? DesiredState.Empty;
        var (first, second) = fetching ? (good, target) : (target, good);
        return ReferenceEquals(first, second) || second.Resources.IsEmpty
            ? first
            : first with
            {
                Resources = second.Resources.SetItems(first.Resources),
                RegistryCredentials = [.. good.RegistryCredentials, .. target.RegistryCredentials],
            };
    }
}
