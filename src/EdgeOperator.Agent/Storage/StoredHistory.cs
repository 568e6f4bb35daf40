using System.Collections.Immutable;
using EdgeOperator.Core.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeOperator.Agent.Storage;

/// <summary>The history of an agent that does not run, from its state directory.</summary>
public static class StoredHistory
{
    /// <summary>Newest first.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static ImmutableArray<HistoryRecord> Read(string stateDirectory, int limit) =>
        KeptRevisions.Mark(StateStore.ReadHistory(stateDirectory, limit), new RevisionStore(stateDirectory, NullLogger<RevisionStore>.Instance));
}
