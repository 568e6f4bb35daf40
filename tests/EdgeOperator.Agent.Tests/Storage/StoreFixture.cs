using EdgeOperator.Agent.Storage;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeOperator.Agent.Tests.Storage;

/// <summary>A state directory and the store in it, which can be closed and opened again.</summary>
public abstract class StoreFixture : IDisposable
{
    protected static readonly ResourceId Web = new("EdgeModule", "web");

    protected StoreFixture() => Store = Open();

    internal TempFolder Folder { get; } = new();

    protected StateStore Store { get; private set; }

    protected string Database => Path.Combine(Folder, "state.db");

    public void Dispose()
    {
        Store.Dispose();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    protected static EventRecord Event(string reason, string? resource = null, string message = "m") =>
        new(0, DateTimeOffset.UnixEpoch, EventLevel.Normal, "rev", resource, null, reason, message);

    protected void Close() => Store.Dispose();

    protected StateStore Reopen()
    {
        Close();
        return Store = Open();
    }

    protected string[] Reasons() => [.. Store.Events(0, int.MaxValue, null).Select(e => e.Reason)];

    private StateStore Open() => StateStore.Open(Folder, TimeProvider.System, NullLogger<StateStore>.Instance);
}
