using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;

namespace EdgeOperator.Agent.Execution;

/// <summary>
/// Pulls of images for virtual machines, which may have to wait until the machine runs, and so until a revision has begun. A large
/// image on a slow line is no reason to go back, as long as more of it arrives.
/// </summary>
internal sealed class LatePulls
{
    private Dictionary<string, string> _before = [];

    /// <summary>Whether one of them has come on since the pass before: what a pull says of itself is how far it is.</summary>
    public bool Advance(IEnumerable<StepResult> results)
    {
        var now = results
            .Where(r => r is { Step: PullImage { Target: not EngineTarget.Host, NotBefore: null }, Outcome: StepOutcome.Pending })
            .ToDictionary(r => r.Step.Id, r => ((StepOutcome.Pending)r.Outcome).Message);
        var comeOn = now.Any(pull => _before.TryGetValue(pull.Key, out var known) && known != pull.Value);
        _before = now;
        return comeOn;
    }
}
