using System.Collections.Immutable;
using System.Text;
using EdgeOperator.Agent.Drivers;
using EdgeOperator.Agent.LocalApi;
using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent.Tests.LocalApi;

/// <summary>An agent with fixed answers: what is tested with it is how they travel and how they look.</summary>
internal sealed class CannedAgent : IAgentControl
{
    public static readonly DateTimeOffset Noon = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly Lock _lock = new();

    public List<string> Calls { get; } = [];

    public List<EventRecord> Log { get; } =
    [
        new(1, Noon.AddSeconds(-30), EventLevel.Normal, "1a2b3c4d", "EdgeModule/sensor", "create EdgeModule/sensor 00", "Created", "container created"),
        new(2, Noon.AddSeconds(-20), EventLevel.Warning, "1a2b3c4d", "EdgeModule/web", "pull web:2", "PullFailed", "registry.local:5000 refused the connection", 3),
        new(3, Noon.AddSeconds(-10), EventLevel.Normal, "1a2b3c4d", null, null, "Committed", "main@1a2b3c4 is healthy"),
    ];

    public DeviceStatus Status { get; set; } = new()
    {
        Device = "pump-7",
        AgentVersion = "0.1.0",
        StartedAt = Noon.AddHours(-3),
        LastPassAt = Noon.AddSeconds(-5),
        Sources =
        [
            new("fleet", "git", "https://git.example.org/fleet.git", "main@1a2b3c4", Noon.AddMinutes(-2), Noon.AddSeconds(-15),
                new(Condition.Ready, ConditionStatus.True, "Fetched", "main@1a2b3c4 fetched", Noon.AddMinutes(-2), null)),
        ],
        Desired = new("1a2b3c4d", "main@1a2b3c4"),
        Applied = new("1a2b3c4d", "main@1a2b3c4"),
        LastGood = new("0f0f0f0f", "main@0f0f0f0"),
        Conditions =
        [
            new(Condition.Ready, ConditionStatus.False, "Progressing", "2 of 3 resources are ready", Noon.AddMinutes(-1), "1a2b3c4d"),
            new(Condition.Reconciling, ConditionStatus.True, "Pulling", "1 image is being pulled", Noon.AddMinutes(-1), "1a2b3c4d"),
        ],
        Resources =
        [
            new()
            {
                Kind = KindNames.ConfigFile,
                Name = "motd",
                State = "in sync",
                Summary = "/etc/motd",
                Conditions = [new(Condition.Ready, ConditionStatus.True, "InSync", "as desired", Noon.AddHours(-1), "1a2b3c4d")],
            },
            new()
            {
                Kind = KindNames.EdgeModule,
                Name = "sensor",
                State = "running",
                Summary = "registry.local:5000/sensor:1.2",
                Conditions = [new(Condition.Ready, ConditionStatus.True, "Healthy", "running and healthy", Noon.AddHours(-1), "1a2b3c4d")],
                Details = ImmutableSortedDictionary<string, string>.Empty.Add("container", "4f5a6b7c8d9e").Add("restarts", "0"),
            },
            new()
            {
                Kind = KindNames.EdgeModule,
                Name = "web",
                State = "pulling",
                Summary = "registry.local:5000/web:2",
                Conditions = [new(Condition.Ready, ConditionStatus.False, "Pulling", "the image is being pulled", Noon.AddMinutes(-1), "1a2b3c4d")],
                Progress = new(12_300_000, 40_000_000),
            },
        ],
    };

    public string LogText { get; set; } = "line one\nline two\n";

    public void Happens(EventRecord record)
    {
        lock (_lock)
            Log.Add(record);
    }

    public Task ReconcileAsync(bool retry, Operator by, CancellationToken cancellation) => Note(retry ? $"retry {by}" : "reconcile");

    public Task AllowRewindAsync(Operator by, CancellationToken cancellation) => Note("allow rewind");

    public Task SuspendAsync(ResourceId? resource, Operator by, CancellationToken cancellation) => Note($"suspend {Known(resource)}{Because(by)}");

    public Task ResumeAsync(ResourceId? resource, Operator by, CancellationToken cancellation) => Note($"resume {Known(resource)}");

    public async Task<string?> RestartAsync(ResourceId resource, Operator by, CancellationToken cancellation)
    {
        await Note($"restart {Known(resource)}{Because(by)}");
        return resource.Name == "sensor" ? "it does not run, so it is not restarted" : null;
    }

    public Task StopAsync(ResourceId resource, Operator by, CancellationToken cancellation) => Note($"stop {resource}{Because(by)}");

    public Task StartAsync(ResourceId resource, Operator by, CancellationToken cancellation) => Note($"start {resource}{Because(by)}");

    public Task<ImmutableArray<SnapshotReport>> SnapshotsAsync(ResourceId resource, CancellationToken cancellation) => Task.FromResult<ImmutableArray<SnapshotReport>>(
        [new("before-party", Noon, IsAutomatic: false), new("auto-before-b20000000000", Noon.AddDays(1), IsAutomatic: true)]);

    public Task CreateSnapshotAsync(ResourceId resource, string name, Operator by, CancellationToken cancellation) => Note($"create snapshot {name} of {resource}{Because(by)}");

    public Task RestoreSnapshotAsync(ResourceId resource, string name, Operator by, CancellationToken cancellation) => Note($"restore snapshot {name} of {resource}{Because(by)}");

    public Task DeleteSnapshotAsync(ResourceId resource, string name, Operator by, CancellationToken cancellation) => Note($"delete snapshot {name} of {resource}{Because(by)}");

    public async Task<ImmutableArray<string>> UpdateNowAsync(string? update, Operator by, CancellationToken cancellation)
    {
        await Note($"update {update ?? "everything"}{Because(by)}");
        return update is null or "base" ? ["base"] : throw new ControlException(ControlException.NotFound, $"the device has no SystemUpdate/{update}");
    }

    /// <summary>The last command that was run.</summary>
    public ExecRequest? Command { get; private set; }

    /// <summary>Prints what it is given, and one line of errors.</summary>
    public async Task<int> ExecAsync(ResourceId resource, ExecRequest request, ExecFrames client, Operator by, CancellationToken cancellation)
    {
        await Note($"exec {Known(resource)}{Because(by)}");
        if (resource.Name == "sensor")
            throw new ControlException("NotRunning", $"{resource} does not run.");

        Command = request;
        while (request.HasInput && await client.ReadAsync(cancellation) is { Kind: ExecFrameKind.Input, Content: { IsEmpty: false } input })
            await client.WriteAsync(ExecFrameKind.Output, input, cancellation);
        await client.WriteAsync(ExecFrameKind.Errors, "a problem\n"u8.ToArray(), cancellation);
        return 42;
    }

    public Task<string> RollBackAsync(string? revision, Operator by, CancellationToken cancellation)
    {
        Calls.Add($"rollback {revision}");
        return revision is null or "0f0f" ? Task.FromResult("0f0f0f0f")
            : throw new ControlException("NoSuchRevision", $"no revision {revision} is kept: `edgeop history` lists them.");
    }

    public Task<CheckReport> CheckAsync(CancellationToken cancellation) => Task.FromResult(new CheckReport(Status.Device, Status.AgentVersion, Noon, [CheckResult.Ok("engine", "it answers")]));

    public async Task CopySupportBundleAsync(Stream output, Operator by, CancellationToken cancellation)
    {
        await Note($"support bundle{Because(by)}");
        await output.WriteAsync("a bundle"u8.ToArray(), cancellation);
    }

    private static string Because(Operator by) => by.Reason is null ? "" : $" {by}";

    public void Note(string reason, string what, Operator by) => Calls.Add($"note {reason}: {what}{Because(by)}");

    public ImmutableArray<EventRecord> Events(long after, int limit, ResourceId? resource)
    {
        lock (_lock)
            return [.. Log.Where(e => e.Id > after && (resource is null || e.Resource == resource.ToString())).TakeLast(limit)];
    }

    public ImmutableArray<HistoryRecord> Runs { get; set; } =
    [
        new(2, "1a2b3c4d", "main@1a2b3c4", Noon.AddMinutes(-1), null, RevisionOutcome.InProgress, null),
        new(1, "0f0f0f0f", "main@0f0f0f0", Noon.AddHours(-3), Noon.AddHours(-3).AddSeconds(42), RevisionOutcome.Succeeded, null) { Kept = true, User = "alice" },
    ];

    public ImmutableArray<HistoryRecord> History(int limit) => [.. Runs.Take(limit)];

    public LogOptions? LogAskedFor { get; private set; }

    public RenderedManifest? Manifest(ResourceId resource) => ManifestReader
        .Read(RegisteredKinds.All.Manifests, "r", [new("main", [new("web.yaml", Encoding.UTF8.GetBytes(
            """
            apiVersion: edgeoperator.io/v1alpha1
            kind: EdgeModule
            metadata: {name: web}
            spec:
              image: nginx:1
              env: {LEVEL: debug, DB_PASSWORD: hunter2}
            """))])], RenderContext.AnyDevice)
        .State!.Manifests.GetValueOrDefault(resource);

    public async Task CopyLogsAsync(ResourceId resource, LogOptions options, Stream output, CancellationToken cancellation)
    {
        if (resource.Kind != KindNames.EdgeModule)
            throw new ControlException("NoLog", $"{resource} has no log: only modules have.");

        LogAskedFor = options;
        var lines = LogText.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (var line in lines.TakeLast(options.Tail ?? lines.Length))
            await output.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"), cancellation);

        await output.FlushAsync(cancellation);
        if (options.Follow)
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
    }

    public Func<string, HttpRequestMessage, Task<HttpResponseMessage>> Host { get; set; } = (app, _) =>
        throw new ControlException("NotFound", $"the device has no FunctionApp/{app}.");

    public Task<HttpResponseMessage> AskHostAsync(string app, HttpRequestMessage request, CancellationToken cancellation) => Host(app, request);

    private Task Note(string call)
    {
        Calls.Add(call);
        return Task.CompletedTask;
    }

    private ResourceId? Known(ResourceId? resource) =>
        resource is null || Status.Resources.Any(r => r.Kind == resource.Value.Kind && r.Name == resource.Value.Name)
            ? resource
            : throw new ControlException("NotFound", $"the device has no {resource}.");
}
