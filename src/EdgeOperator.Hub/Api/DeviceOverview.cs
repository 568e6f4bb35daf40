using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using EdgeOperator.Core.State;
using EdgeOperator.Hub.Security;
using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Api;

/// <param name="Problem">What is wrong, in a word: <c>NotReady</c>, <c>Stalled</c>, <c>Offline</c>.</param>
/// <param name="Reason">The device's own word, such as a condition's reason; null for none.</param>
/// <param name="Since">Since when; null when that is not known.</param>
internal sealed record AttentionAnswer(string DeviceId, string Problem, string? Reason, string? Message, DateTime? Since);

/// <param name="Ready">Of those that report it; what is not connected counts as it reported last.</param>
/// <param name="NotReady">Those whose condition Ready is False.</param>
/// <param name="Stalled">Those that can't go on to what is desired.</param>
/// <param name="Offline">Those with an agent that are not connected.</param>
/// <param name="NeedAttention">How many there are in all; <paramref name="Attention"/> has the first of them, the worst first.</param>
/// <param name="PendingEnrollments">Requests to join that wait for somebody.</param>
/// <param name="At">When the devices were counted.</param>
internal sealed record OverviewAnswer(
    long Devices, long Connected, long Disabled, long Ready, long NotReady, long Stalled, long Offline, long NeedAttention, long PendingEnrollments, DateTime At, IReadOnlyList<AttentionAnswer> Attention);

/// <summary>
/// Counts devices by how they are, by one look at all twins. Whoever asks within seconds gets the numbers of the look before, so that
/// many who watch cost no more than one.
/// </summary>
internal sealed class DeviceOverview(IHubStore store, TimeProvider time) : IDisposable
{
    private const int ScanSize = 500;
    private const int MostListed = 20;

    /// <summary>Callers who see different devices, for whom numbers are kept.</summary>
    private const int MostKept = 50;

    /// <summary>After so long devices are counted again, while the numbers before are still given.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(3);

    /// <summary>After so long nobody is given the numbers before.</summary>
    private static readonly TimeSpan Stale = TimeSpan.FromSeconds(30);

    /// <summary>A connection that is away for less is no news.</summary>
    private static readonly TimeSpan OfflineGrace = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _counting = new(1);

    /// <summary>By what the caller may see.</summary>
    private readonly ConcurrentDictionary<string, Counted> _last = new(StringComparer.Ordinal);

    public void Dispose() => _counting.Dispose();

    /// <param name="scope">What the caller may see; null for all.</param>
    public async Task<OverviewAnswer> GetAsync(FleetScope? scope, CancellationToken cancellation)
    {
        _last.TryGetValue(KeyOf(scope), out var last);
        if (last is not null && time.GetElapsedTime(last.Since) < Stale)
        {
            if (time.GetElapsedTime(last.Since) > Fresh && _counting.CurrentCount > 0)
                _ = Task.Run(() => CountAgainAsync(last, scope), CancellationToken.None);
            return await WithRequestsAsync(last.Answer, scope, cancellation);
        }

        return await WithRequestsAsync((await CountAsync(last, scope, cancellation)).Answer, scope, cancellation);
    }

    private static string KeyOf(FleetScope? scope) => scope is null ? "" : $"fleets {scope.Version}";

    // Who asks to join is in no fleet yet.
    private async Task<OverviewAnswer> WithRequestsAsync(OverviewAnswer answer, FleetScope? scope, CancellationToken cancellation) => scope is not null ? answer
        : answer with { PendingEnrollments = await store.CountDocumentsAsync("enrollmentRequest", "Pending", cancellation) };

    private async Task CountAgainAsync(Counted before, FleetScope? scope)
    {
        try
        {
            await CountAsync(before, scope, CancellationToken.None);
        }
        catch (StoreException)
        {
            // The numbers before are given until they are too old; then whoever asks is told.
        }
    }

    private async Task<Counted> CountAsync(Counted? before, FleetScope? scope, CancellationToken cancellation)
    {
        await _counting.WaitAsync(cancellation);
        try
        {
            // Somebody else has counted meanwhile.
            var key = KeyOf(scope);
            if (_last.TryGetValue(key, out var last) && last != before)
                return last;
            if (_last.Count >= MostKept)
                _last.Clear();
            return _last[key] = new(await ScanAsync(scope, cancellation), time.GetTimestamp());
        }
        finally
        {
            _counting.Release();
        }
    }

    private async Task<OverviewAnswer> ScanAsync(FleetScope? scope, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var counts = scope is null ? await store.CountAsync(cancellation) : null;
        long devices = 0, connected = 0, disabled = 0;
        long ready = 0, notReady = 0, stalled = 0, offline = 0, all = 0;
        var worst = new List<AttentionAnswer>[] { [], [], [] };
        await foreach (var row in store.AllTwinsAsync(modules: false, ScanSize, cancellation))
        {
            if (scope?.Has(row.Twin) == false)
                continue;
            devices++;
            connected += row.Presence.IsConnected ? 1 : 0;
            disabled += row.Identity.IsEnabled ? 0 : 1;
            if (!row.Identity.IsEnabled || row.Twin.Reported.Values["edgeoperator"] is not JsonObject report)
                continue;
            var (problem, condition) = ProblemOf(row, report, now);
            ready += StatusOf(report, Condition.Ready) == nameof(ConditionStatus.True) ? 1 : 0;
            notReady += StatusOf(report, Condition.Ready) == nameof(ConditionStatus.False) ? 1 : 0;
            stalled += StatusOf(report, Condition.Stalled) == nameof(ConditionStatus.True) ? 1 : 0;
            offline += row.Presence.IsConnected ? 0 : 1;
            if (problem is null)
                continue;
            all++;
            if (worst[(int)problem] is { Count: < MostListed } list)
                list.Add(Answer(row, report, problem.Value, condition));
        }

        return new(counts?.Devices ?? devices, counts?.Connected ?? connected, counts is null ? disabled : counts.Devices - counts.Enabled, ready, notReady, stalled, offline, all, 0, now.UtcDateTime, [.. worst.SelectMany(w => w).Take(MostListed)]);
    }

    private static (Problem? Problem, string? Condition) ProblemOf(TwinRow row, JsonObject report, DateTimeOffset now) =>
        StatusOf(report, Condition.Ready) == nameof(ConditionStatus.False) ? (Problem.NotReady, Condition.Ready)
        : StatusOf(report, Condition.Stalled) == nameof(ConditionStatus.True) ? (Problem.Stalled, Condition.Stalled)
        : row.Presence is { IsConnected: false, Changed: { } changed } && now - changed > OfflineGrace ? (Problem.Offline, null)
        : (null, null);

    private static AttentionAnswer Answer(TwinRow row, JsonObject report, Problem problem, string? condition)
    {
        var name = row.Identity.Key.DeviceId;
        if (condition is null)
            return new(name, problem.ToString(), null, "it is not connected", row.Presence.Changed?.UtcDateTime);
        var reported = (report["conditions"] as JsonObject)?[condition];
        return new(name, problem.ToString(), TextOf(reported, "reason"), TextOf(reported, "message"), DeviceView.SinceOf(row.Twin.Reported.Metadata, condition));
    }

    private static string? StatusOf(JsonObject report, string condition) => TextOf((report["conditions"] as JsonObject)?[condition], "status");

    // A device may report anything.
    private static string? TextOf(JsonNode? node, string name) => (node as JsonObject)?[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private enum Problem
    {
        NotReady,
        Stalled,
        Offline,
    }

    private sealed record Counted(OverviewAnswer Answer, long Since);
}
