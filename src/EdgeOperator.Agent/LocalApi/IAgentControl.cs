using System.Collections.Immutable;
using EdgeOperator.Agent.Drivers;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Agent.LocalApi;

/// <summary>All that may be asked of a running agent; the local API is its HTTP form.</summary>
public interface IAgentControl
{
    DeviceStatus Status { get; }

    /// <summary>The manifest that a resource of the device comes from; null when there is none.</summary>
    RenderedManifest? Manifest(ResourceId resource);

    /// <summary>Fetches every source and runs a pass at once; returns when that pass has ended.</summary>
    /// <param name="retry">Try again what failed: the newest revision, and what is in back-off.</param>
    Task ReconcileAsync(bool retry, Operator by, CancellationToken cancellation);

    /// <summary>Fetches every source, accepting once from each signed one a commit that does not descend from the commit that was verified last.</summary>
    Task AllowRewindAsync(Operator by, CancellationToken cancellation);

    /// <summary>Suspends one resource, or (null) the whole device.</summary>
    /// <exception cref="ControlException">The resource is not known.</exception>
    Task SuspendAsync(ResourceId? resource, Operator by, CancellationToken cancellation);

    /// <summary>Ends a suspension and, for the whole device, a held roll-back; clears back-off.</summary>
    /// <exception cref="ControlException">The resource is not known.</exception>
    Task ResumeAsync(ResourceId? resource, Operator by, CancellationToken cancellation);

    /// <summary>Restarts what runs of a resource; what does not run is not started.</summary>
    /// <returns>A note; null for none.</returns>
    /// <exception cref="ControlException">The resource is not known, can't be restarted, or did not restart.</exception>
    Task<string?> RestartAsync(ResourceId resource, Operator by, CancellationToken cancellation);

    /// <summary>Stops what runs of a resource, and keeps it so until it is started.</summary>
    /// <exception cref="ControlException">The resource is not known, or can't be stopped.</exception>
    Task StopAsync(ResourceId resource, Operator by, CancellationToken cancellation);

    /// <summary>Ends <see cref="StopAsync"/>.</summary>
    /// <exception cref="ControlException">The resource is not known, or its manifest says that it should not run.</exception>
    Task StartAsync(ResourceId resource, Operator by, CancellationToken cancellation);

    /// <summary>The snapshots of a resource, oldest first.</summary>
    /// <exception cref="ControlException">The resource is not known, or has none.</exception>
    Task<ImmutableArray<SnapshotReport>> SnapshotsAsync(ResourceId resource, CancellationToken cancellation);

    /// <exception cref="ControlException">The resource is not known or has no snapshots, the name is taken, or it can't be made.</exception>
    Task CreateSnapshotAsync(ResourceId resource, string name, Operator by, CancellationToken cancellation);

    /// <exception cref="ControlException">There is no such snapshot, or the resource runs.</exception>
    Task RestoreSnapshotAsync(ResourceId resource, string name, Operator by, CancellationToken cancellation);

    /// <exception cref="ControlException">There is no such snapshot.</exception>
    Task DeleteSnapshotAsync(ResourceId resource, string name, Operator by, CancellationToken cancellation);

    /// <summary>Runs a command beside what runs of a resource, with the client's input, and sends the client what it prints.</summary>
    /// <returns>The command's exit code.</returns>
    /// <exception cref="ControlException">The resource is not known, has nothing to run commands in, or does not run.</exception>
    /// <exception cref="IOException">The client has gone.</exception>
    Task<int> ExecAsync(ResourceId resource, ExecRequest request, ExecFrames client, Operator by, CancellationToken cancellation);

    /// <summary>Has a SystemUpdate, or (null) every one, look for updates and apply them at once, whatever its windows say.</summary>
    /// <returns>The names of the updates.</returns>
    /// <exception cref="ControlException">There is no such update.</exception>
    Task<ImmutableArray<string>> UpdateNowAsync(string? update, Operator by, CancellationToken cancellation);

    /// <summary>Goes to a kept revision (by its id, or as the history shows it; a beginning is enough), or to the good one before the current.</summary>
    /// <returns>The revision that is now held.</returns>
    /// <exception cref="ControlException">No such revision is kept.</exception>
    Task<string> RollBackAsync(string? revision, Operator by, CancellationToken cancellation);

    /// <summary>Looks at all that the device depends on.</summary>
    Task<CheckReport> CheckAsync(CancellationToken cancellation);

    /// <summary>Writes a <see cref="SupportBundle"/>.</summary>
    Task CopySupportBundleAsync(Stream output, Operator by, CancellationToken cancellation);

    /// <summary>Leaves an event of what an operator has asked for elsewhere.</summary>
    /// <param name="reason">One CamelCase word.</param>
    void Note(string reason, string what, Operator by);

    /// <summary>Events with an id above <paramref name="after"/>, oldest first; the newest <paramref name="limit"/> of them.</summary>
    ImmutableArray<EventRecord> Events(long after, int limit, ResourceId? resource);

    /// <summary>Runs of revisions, newest first.</summary>
    ImmutableArray<HistoryRecord> History(int limit);

    /// <summary>Writes a resource's log to <paramref name="output"/> as plain text until its end, or for ever when following.</summary>
    /// <exception cref="ControlException">The resource has no log.</exception>
    Task CopyLogsAsync(ResourceId resource, LogOptions options, Stream output, CancellationToken cancellation);

    /// <summary>Sends a request on to the host of a function app; returns once its answer begins.</summary>
    /// <exception cref="ControlException">There is no such app, or its host does not answer.</exception>
    Task<HttpResponseMessage> AskHostAsync(string app, HttpRequestMessage request, CancellationToken cancellation);
}
