using System.Collections.Immutable;
using System.Globalization;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using EdgeOperator.Agent.Drivers;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.Protocol.Functions;

namespace EdgeOperator.Agent.LocalApi;

/// <summary>
/// Asks a running agent over its Unix socket. Every method throws <see cref="AgentUnreachableException"/> when no
/// agent answers and <see cref="AgentRefusedException"/> when it answers that it can't.
/// </summary>
public sealed class AgentApiClient(string socket) : IDisposable
{
    private readonly AgentConnection _connection = new(socket);

    /// <summary>The limit on an answer that the agent has at hand. Reconcile and what is followed take as long as they take.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(30);

    public Task<DeviceStatus> GetStatusAsync(CancellationToken cancellation) =>
        GetAsync("/v1/status", ProtocolJson.Default.DeviceStatus, cancellation);

    /// <param name="kind">Only this kind; null for all.</param>
    public Task<ImmutableArray<ResourceStatus>> GetResourcesAsync(string? kind, CancellationToken cancellation) =>
        GetAsync("/v1/resources" + Query(("kind", kind)), ProtocolJson.Default.ImmutableArrayResourceStatus, cancellation);

    public Task<ResourceStatus> GetResourceAsync(ResourceId id, CancellationToken cancellation) =>
        GetAsync(PathOf(id), ProtocolJson.Default.ResourceStatus, cancellation);

    /// <summary>The newest <paramref name="limit"/> events with an id above <paramref name="after"/>, oldest first.</summary>
    public Task<ImmutableArray<EventRecord>> GetEventsAsync(long after, int limit, ResourceId? resource, CancellationToken cancellation) =>
        GetAsync(EventsPath(after, limit, resource, follow: false), ProtocolJson.Default.ImmutableArrayEventRecord, cancellation);

    /// <summary>The same events, then each as it happens, until the agent stops.</summary>
    public async IAsyncEnumerable<EventRecord> FollowEventsAsync(
        long after, int limit, ResourceId? resource, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var response = await _connection.SendAsync(HttpMethod.Get, EventsPath(after, limit, resource, follow: true), AnswerTimeout, cancellation);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellation));
        while (await ReadLineAsync(reader, cancellation) is { } line)
            yield return JsonSerializer.Deserialize(line, ProtocolJson.Default.EventRecord)!;
    }

    /// <summary>Runs of revisions, newest first.</summary>
    public Task<ImmutableArray<HistoryRecord>> GetHistoryAsync(int limit, CancellationToken cancellation) =>
        GetAsync($"/v1/history?limit={limit}", ProtocolJson.Default.ImmutableArrayHistoryRecord, cancellation);

    /// <summary>Copies a resource's log, as text in UTF-8.</summary>
    public Task CopyLogsAsync(ResourceId id, LogOptions options, Stream output, CancellationToken cancellation) =>
        CopyAsync($"{PathOf(id)}/logs{Query(
            ("follow", options.Follow ? "true" : null),
            ("tail", options.Tail?.ToString(CultureInfo.InvariantCulture)),
            ("since", options.Since?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)),
            ("timestamps", options.Timestamps ? "true" : null),
            ("previous", options.Previous ? "true" : null))}", output, cancellation);

    /// <summary>Copies a support bundle, a gzipped tar file.</summary>
    public Task CopySupportBundleAsync(Stream output, CancellationToken cancellation, string? reason = null) => CopyAsync($"/v1/support-bundle{Query(("reason", reason))}", output, cancellation);

    /// <summary>The functions of an app that is served on the device.</summary>
    public Task<ImmutableArray<FunctionReport>> GetFunctionsAsync(string app, CancellationToken cancellation) =>
        GetAsync(HostPath(app, "functions"), HostJson.Default.ImmutableArrayFunctionReport, cancellation);

    /// <summary>Runs a function of any trigger, and waits for its end as long as it takes.</summary>
    /// <param name="input">The trigger's input as text; null for none.</param>
    public Task<CallReport> CallFunctionAsync(string app, string function, string? input, CancellationToken cancellation) => _connection.AskAsync(
        HttpMethod.Post, HostPath(app, "functions", function), HostJson.Default.CallReport, Timeout.InfiniteTimeSpan, cancellation,
        JsonContent.Create(new CallRequest(input), HostJson.Default.CallRequest));

    /// <summary>Copies an app's log, as text in UTF-8.</summary>
    /// <param name="function">Only this function's lines; null for all.</param>
    /// <param name="tail">Only the last lines; null for some.</param>
    public Task CopyFunctionLogsAsync(string app, string? function, bool follow, int? tail, Stream output, CancellationToken cancellation) => CopyAsync(
        HostPath(app, "logs") + Query(("follow", follow ? "true" : null), ("tail", tail?.ToString()), ("function", function)), output, cancellation);

    public Task<ImmutableArray<KeyReport>> GetKeysAsync(string app, CancellationToken cancellation) =>
        GetAsync(HostPath(app, "keys"), HostJson.Default.ImmutableArrayKeyReport, cancellation);

    /// <summary>Makes a key, or gives it another value.</summary>
    /// <param name="scope">See <see cref="KeyReport"/>.</param>
    /// <param name="value">Null for one that is made up.</param>
    /// <returns>The key with its value, which is shown only this once.</returns>
    public Task<KeyReport> SetKeyAsync(string app, string scope, string name, string? value, CancellationToken cancellation) => _connection.AskAsync(
        HttpMethod.Put, HostPath(app, "keys", scope, name), HostJson.Default.KeyReport, AnswerTimeout, cancellation,
        value is null ? null : JsonContent.Create(new KeyReport(scope, name, value), HostJson.Default.KeyReport));

    public async Task DeleteKeyAsync(string app, string scope, string name, CancellationToken cancellation) =>
        (await _connection.SendAsync(HttpMethod.Delete, HostPath(app, "keys", scope, name), AnswerTimeout, cancellation)).Dispose();

    /// <summary>What was published to an app on the device, the newest request first.</summary>
    public Task<ImmutableArray<DeploymentReport>> GetDeploymentsAsync(string app, CancellationToken cancellation) =>
        GetAsync(HostPath(app, "deployments"), HostJson.Default.ImmutableArrayDeploymentReport, cancellation);

    /// <summary>Puts an earlier deployment of an app into service again.</summary>
    /// <param name="deployment">Its id, or a beginning of it; <c>previous</c> for the version that was in service before.</param>
    public Task<ImmutableArray<DeploymentReport>> RepeatDeploymentAsync(string app, string deployment, CancellationToken cancellation) => _connection.AskAsync(
        HttpMethod.Post, HostPath(app, "deployments", deployment), HostJson.Default.ImmutableArrayDeploymentReport, AnswerTimeout, cancellation);

    /// <summary>Makes new publish credentials for an app; those before are no longer valid.</summary>
    /// <returns>The text of a <c>.PublishSettings</c> file.</returns>
    public async Task<string> CreatePublishSettingsAsync(string app, CancellationToken cancellation)
    {
        using var response = await _connection.SendAsync(HttpMethod.Post, HostPath(app, "publish-settings"), AnswerTimeout, cancellation);
        return await response.Content.ReadAsStringAsync(cancellation);
    }

    /// <summary>Has the agent fetch its sources and run a pass; returns the status after it.</summary>
    /// <param name="retry">Try again what failed.</param>
    /// <param name="reason">Why, for the event; null for nothing to say.</param>
    /// <param name="allowRewind">Accept once from each signed source a commit that does not descend from the last verified one.</param>
    public Task<DeviceStatus> ReconcileAsync(CancellationToken cancellation, bool retry = false, string? reason = null, bool allowRewind = false) =>
        _connection.AskAsync(HttpMethod.Post, "/v1/reconcile" + Query(("retry", retry ? "true" : null), ("allowRewind", allowRewind ? "true" : null), ("reason", reason)), ProtocolJson.Default.DeviceStatus, Timeout.InfiniteTimeSpan, cancellation);

    public Task SuspendAsync(ResourceId? resource, CancellationToken cancellation, string? reason = null) => PostAsync("/v1/suspend", resource, reason, cancellation);

    public Task ResumeAsync(ResourceId? resource, CancellationToken cancellation, string? reason = null) => PostAsync("/v1/resume", resource, reason, cancellation);

    /// <summary>Starts a command where a resource runs.</summary>
    public async Task<ExecCall> ExecAsync(ResourceId resource, ExecRequest request, CancellationToken cancellation, string? reason = null)
    {
        var response = await _connection.UpgradeAsync($"{PathOf(resource)}/exec{Query(("reason", reason))}", ExecFrames.Protocol, AnswerTimeout, cancellation);
        return await ExecCall.StartAsync(response, await response.Content.ReadAsStreamAsync(cancellation), socket, request, cancellation);
    }

    /// <returns>A note; null for none.</returns>
    public async Task<string?> RestartAsync(ResourceId resource, CancellationToken cancellation, string? reason = null) => (await _connection.AskAsync(
        HttpMethod.Post, "/v1/restart" + Query(("resource", resource.ToString()), ("reason", reason)), ProtocolJson.Default.RestartAnswer, Timeout.InfiniteTimeSpan, cancellation)).Note;

    /// <summary>Stops what runs of a resource, and keeps it so until it is started.</summary>
    public Task StopAsync(ResourceId resource, CancellationToken cancellation, string? reason = null) => PostAsync("/v1/stop", resource, reason, cancellation);

    public Task StartAsync(ResourceId resource, CancellationToken cancellation, string? reason = null) => PostAsync("/v1/start", resource, reason, cancellation);

    /// <summary>Oldest first.</summary>
    public Task<ImmutableArray<SnapshotReport>> GetSnapshotsAsync(ResourceId resource, CancellationToken cancellation) =>
        GetAsync(SnapshotPath(resource), ProtocolJson.Default.ImmutableArraySnapshotReport, cancellation);

    public Task CreateSnapshotAsync(ResourceId resource, string name, CancellationToken cancellation, string? reason = null) => SnapshotAsync(HttpMethod.Put, SnapshotPath(resource, name), reason, cancellation);

    public Task RestoreSnapshotAsync(ResourceId resource, string name, CancellationToken cancellation, string? reason = null) => SnapshotAsync(HttpMethod.Post, SnapshotPath(resource, name, "restore"), reason, cancellation);

    public Task DeleteSnapshotAsync(ResourceId resource, string name, CancellationToken cancellation, string? reason = null) => SnapshotAsync(HttpMethod.Delete, SnapshotPath(resource, name), reason, cancellation);

    /// <param name="update">The name of a SystemUpdate; null for every one.</param>
    /// <returns>The names of the updates.</returns>
    public async Task<ImmutableArray<string>> UpdateNowAsync(string? update, CancellationToken cancellation, string? reason = null) => (await _connection.AskAsync(
        HttpMethod.Post, "/v1/updates/now" + Query(("name", update), ("reason", reason)), ProtocolJson.Default.UpdateAnswer, Timeout.InfiniteTimeSpan, cancellation)).Updates;

    /// <param name="revision">A kept revision, see <see cref="IAgentControl.RollBackAsync"/>; null for the one before the current.</param>
    /// <returns>The revision that is now held.</returns>
    public async Task<string> RollBackAsync(string? revision, CancellationToken cancellation, string? reason = null) => (await _connection.AskAsync(
        HttpMethod.Post, "/v1/rollback" + Query(("revision", revision), ("reason", reason)), ProtocolJson.Default.RollbackAnswer, AnswerTimeout, cancellation)).Revision;

    public void Dispose() => _connection.Dispose();

    private async Task CopyAsync(string path, Stream output, CancellationToken cancellation)
    {
        using var response = await _connection.SendAsync(HttpMethod.Get, path, Timeout.InfiniteTimeSpan, cancellation);
        try
        {
            await response.Content.CopyToAsync(output, cancellation);
        }
        catch (HttpRequestException exception)
        {
            throw _connection.Unreachable(exception);
        }
    }

    private async Task PostAsync(string path, ResourceId? resource, string? reason, CancellationToken cancellation) =>
        (await _connection.SendAsync(HttpMethod.Post, path + Query(("resource", resource?.ToString()), ("reason", reason)), AnswerTimeout, cancellation)).Dispose();

    // A large disk takes its time.
    private async Task SnapshotAsync(HttpMethod method, string path, string? reason, CancellationToken cancellation) =>
        (await _connection.SendAsync(method, path + Query(("reason", reason)), Timeout.InfiniteTimeSpan, cancellation)).Dispose();

    private static string SnapshotPath(ResourceId id, params IEnumerable<string> parts) => string.Join('/', parts.Select(Uri.EscapeDataString).Prepend($"{PathOf(id)}/snapshots"));

    private Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellation) =>
        _connection.AskAsync(HttpMethod.Get, path, type, AnswerTimeout, cancellation);

    /// <summary>A line, or null at the end: also when the agent died in the middle.</summary>
    private static async Task<string?> ReadLineAsync(StreamReader reader, CancellationToken cancellation)
    {
        try
        {
            return await reader.ReadLineAsync(cancellation);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            return null;
        }
    }

    private static string PathOf(ResourceId id) => $"/v1/resources/{Uri.EscapeDataString(id.Kind)}/{Uri.EscapeDataString(id.Name)}";

    private static string HostPath(string app, params IEnumerable<string> parts) =>
        $"/v1/functions/{string.Join('/', parts.Prepend(app).Select(Uri.EscapeDataString))}";

    private static string EventsPath(long after, int limit, ResourceId? resource, bool follow) => "/v1/events" + Query(
        ("after", after.ToString()), ("limit", limit.ToString()), ("resource", resource?.ToString()), ("follow", follow ? "true" : null));

    private static string Query(params IEnumerable<(string Name, string? Value)> parameters)
    {
        var given = parameters.Where(p => p.Value is not null).Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value!)}");
        return string.Join('&', given) is { Length: > 0 } query ? "?" + query : "";
    }
}
