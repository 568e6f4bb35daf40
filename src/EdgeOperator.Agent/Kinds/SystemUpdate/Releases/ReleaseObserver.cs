using System.Runtime.Versioning;
using EdgeOperator.Core.Kinds.SystemUpdate.Releases;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent.Kinds.SystemUpdate.Releases;

/// <summary>Reads which versions of edgeop are here.</summary>
/// <param name="installation">Null where the agent can't change its version; <paramref name="problem"/> says why.</param>
[SupportedOSPlatform("linux")]
internal sealed class ReleaseObserver(Installation? installation, string? problem, string running, string? program)
{
    private volatile bool _hasReported;
    private volatile bool _seesEngine;

    /// <summary>A pass of this agent was carried through and reported.</summary>
    public void PassReported() => _hasReported = true;

    /// <summary>Whether a pass was carried through and reported.</summary>
    public bool HasReported => _hasReported;

    /// <param name="observed">As a pass goes by it.</param>
    public void Follow(ObservedState observed) => _seesEngine = observed.Engine.Unavailable is null;

    /// <summary>The trial of this very version; null when it is on none.</summary>
    public Trial? OwnTrial => installation?.ReadTrial() is { } trial && trial.To == running && trial.To == installation.Current ? trial : null;

    /// <summary>Whether this version has done what ends its trial.</summary>
    public bool HasProven(Trial trial) => _hasReported && (!trial.SawEngine || _seesEngine);

    /// <param name="observed">With the engine.</param>
    public ObservedReleases Observe(ObservedState observed)
    {
        if (installation is null)
            return new() { Running = running, Unsupervised = problem };
        var trial = installation.ReadTrial();
        return new()
        {
            Running = running,
            Installed = installation.Installed(program),
            Trial = trial is null || trial.To != installation.Current ? null
                : new(trial.From, trial.To, HasProven: trial.To == running && _hasReported && (!trial.SawEngine || observed.Engine.Unavailable is null)),
            Failed = installation.ReadFailed(),
        };
    }
}
