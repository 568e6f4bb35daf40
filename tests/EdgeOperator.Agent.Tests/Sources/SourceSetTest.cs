using System.Collections.Immutable;
using EdgeOperator.Agent.Sources;
using EdgeOperator.Agent.Storage;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeOperator.Agent.Tests.Sources;

/// <summary>A state directory, two sources and an agent's set of them, which can be started anew.</summary>
public abstract class SourceSetTest : IDisposable
{
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(30));

    protected SourceSetTest()
    {
        Store = new(Folder, NullLogger<RevisionStore>.Instance);
        (Base, Site) = (new("base"), new("site"));
    }

    private protected TempFolder Folder { get; } = new();

    private protected SettableClock Clock { get; } = new();

    private protected RevisionStore Store { get; }

    private protected ScriptedSource Base { get; set; }

    private protected ScriptedSource Site { get; set; }

    private protected List<(string Source, bool Reached)> Measured { get; } = [];

    private protected CancellationToken Deadline => _deadline.Token;

    public void Dispose()
    {
        _deadline.Dispose();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected SourceSet Start(params ScriptedSource[] sources) =>
        new(sources.ToImmutableArray<ISource>(), Store, (s, _, r) => Measured.Add((s, r)), Clock, Random.Shared, NullLogger<SourceSet>.Instance);

    private protected async Task<SourceStatus> PolledAsync(SourceSet set)
    {
        await set.PokeAsync(Deadline);
        return set.Statuses[0];
    }

    private protected sealed class SettableClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
