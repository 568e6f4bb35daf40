using System.Text.Json.Nodes;
using EdgeOperator.Core.Twins;

namespace EdgeOperator.Agent.Sources.Twin;

/// <summary>What a hub has of the agent's reports, so that only what has changed is sent. One caller at a time.</summary>
internal sealed class ReportedProperties
{
    private JsonObject? _known;

    public bool IsKnown => _known is not null;

    /// <summary>Takes what the hub has for known, unless more is known already: of a report of another run, what is gone has to be removed.</summary>
    public void Begin(JsonObject reported) => _known ??= reported.DeepClone().AsObject();

    public void Forget() => _known = null;

    /// <returns>Whether the hub has it.</returns>
    /// <exception cref="EdgeOperator.Git.FetchException">It can't be sent.</exception>
    public async Task<bool> SendAsync(JsonObject report, Func<JsonObject, Task> send)
    {
        if (_known is not { } known)
            return false;
        var wanted = TwinMerge.WithoutNulls(report);
        var patch = TwinMerge.Changes(known, wanted);
        if (patch.Count > 0)
            await send(patch);
        _known = wanted;
        return true;
    }
}
