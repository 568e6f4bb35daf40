using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace EdgeOperator.Core.Protocol.Functions;

/// <summary>
/// What a functions host must run: one generation of an app. The agent writes it as <c>app.json</c> into the app's own
/// folder, where a host that starts finds it, and puts it to <c>/generation</c> on the host's socket when it changes.
/// What a file does not name has its default.
/// </summary>
public sealed record AppRequest
{
    // The generated reader drops initial values, so the defaults are the getters'.
    /// <summary>The app's name.</summary>
    public required string App { get; init; }

    /// <summary>The resource's spec hash.</summary>
    public required string Generation { get; init; }

    /// <summary>The package's folder; absolute, and never changed while it is named.</summary>
    public required string Folder { get; init; }

    /// <summary><c>custom</c>, <c>node</c>, …; null to tell from the app itself.</summary>
    public string? Worker { get; init; }

    /// <summary>Worker processes, from 1.</summary>
    public int Instances { get => field == 0 ? 1 : field; init; }

    /// <summary>App settings, which hold secrets: the file is for its owner alone.</summary>
    public ImmutableSortedDictionary<string, string> Settings { get => field ?? ImmutableSortedDictionary<string, string>.Empty; init; }

    /// <summary>A file in memory with further settings, a JSON object of texts, which are secrets; null for none.</summary>
    public string? SecretSettings { get; init; }

    /// <summary>The address that HTTP triggers listen on; 0.0.0.0 for every one.</summary>
    public string Address { get => field ?? "127.0.0.1"; init; }

    /// <summary>0 for any free port.</summary>
    public int Port { get; init; }

    /// <summary>Keys that must exist, by name, with their values: host keys, which fit every function.</summary>
    public ImmutableSortedDictionary<string, string> HostKeys { get => field ?? ImmutableSortedDictionary<string, string>.Empty; init; }

    /// <summary>Value of the master key; null to make one.</summary>
    public string? MasterKey { get; init; }

    /// <summary>Bytes; a worker that takes more is replaced. Null for no limit.</summary>
    public long? MemoryPerInstance { get; init; }

    /// <summary>Windows in which the app may run; empty for always.</summary>
    public ImmutableArray<RunWindow> Schedule { get => field.IsDefault ? [] : field; init; }

    /// <summary>Origins whose pages may call the app's functions (CORS), such as <c>https://example.org</c>; <c>*</c> for any, empty for none.</summary>
    public ImmutableArray<string> CorsOrigins { get => field.IsDefault ? [] : field; init; }

    /// <summary>Those pages may send cookies and other credentials along.</summary>
    public bool CorsCredentials { get; init; }

    /// <summary>Addresses or networks (CIDR) of reverse proxies whose <c>X-Forwarded-For</c>, <c>-Proto</c> and <c>-Host</c> are believed.</summary>
    public ImmutableArray<string> TrustedProxies { get => field.IsDefault ? [] : field; init; }

    /// <summary>Keeps one more worker process, loaded and idle, to take the place of one that is lost.</summary>
    public bool Standby { get; init; }
}

/// <summary>A stretch of time on some days of the week.</summary>
/// <param name="Days">Of the beginning; empty for every day.</param>
/// <param name="Start">Local time of <paramref name="TimeZone"/>.</param>
/// <param name="End">At or before <paramref name="Start"/>: on the next day.</param>
/// <param name="TimeZone">An IANA name; null for the device's own.</param>
public sealed record RunWindow(ImmutableArray<DayOfWeek> Days, TimeOnly Start, TimeOnly End, string? TimeZone = null);

/// <summary>What a functions host answers to <c>GET /status</c>.</summary>
public sealed record HostReport
{
    public required string App { get; init; }

    public required string Version { get; init; }

    public int ProcessId { get; init; }

    public DateTimeOffset StartedAt { get; init; }

    /// <summary>The generation that serves; null before the first one does.</summary>
    public string? Serving { get; init; }

    public DateTimeOffset? ServingSince { get; init; }

    /// <summary>Outside of the windows in which the app may run: nothing is served, and that is right.</summary>
    [JsonPropertyName("resting")]
    public bool OutsideSchedule { get; init; }

    /// <summary>When the next window begins or ends; null without windows.</summary>
    public DateTimeOffset? NextSwitch { get; init; }

    /// <summary>The generation asked for last.</summary>
    public string? Wanted { get; init; }

    /// <summary>Why <see cref="Wanted"/> does not serve; null while it is being loaded and once it serves.</summary>
    public string? Failure { get; init; }

    public string? Url { get; init; }

    public ImmutableArray<FunctionReport> Functions { get => field.IsDefault ? [] : field; init; }

    public ImmutableArray<InstanceReport> Instances { get => field.IsDefault ? [] : field; init; }
}

/// <param name="Trigger">The trigger's type, such as <c>httpTrigger</c>.</param>
/// <param name="Url">For HTTP triggers, with the route's parameters in braces.</param>
/// <param name="Error">Why it can't run; null when it can.</param>
public sealed record FunctionReport(
    string Name, string Trigger, bool Disabled, string? Url, string? Error, long Invocations, long Failures, DateTimeOffset? LastInvocation, string? LastError);

/// <summary>What a worker of an app does.</summary>
public enum InstanceState
{
    Starting,
    Ready,

    /// <summary>It replaces the next one that is lost.</summary>
    Standby,

    /// <summary>It finishes what it has begun, and gets nothing new.</summary>
    Draining,

    /// <summary>For its next start: it has ended too often.</summary>
    Waiting,
}

/// <param name="State">One of <see cref="InstanceState"/>, by <see cref="WordOf"/>; a host of another version may know others.</param>
public sealed record InstanceReport(int Index, int ProcessId, string State, int InFlight, int Restarts, long MemoryBytes)
{
    /// <summary>Its worker has ended too often, and is started again after a delay.</summary>
    [JsonIgnore]
    public bool IsWaiting => State == WordOf(InstanceState.Waiting);

    /// <summary>A state as reports name it.</summary>
    public static string WordOf(InstanceState state) => state.ToString().ToLowerInvariant();
}

/// <summary>The body of <c>POST /functions/NAME</c>, a call on the operator's behalf.</summary>
/// <param name="Input">The trigger's input as text; null for none.</param>
public sealed record CallRequest(string? Input);

/// <param name="Output">What the function returned, as text; null for nothing.</param>
/// <param name="Error">Null for success.</param>
public sealed record CallReport(string InvocationId, string? Output, string? Error, ImmutableArray<string> Logs, double Milliseconds);

/// <param name="Scope"><c>master</c>, <c>host</c>, <c>system</c>, or the name of a function.</param>
/// <param name="Value">Only in the answer that made or changed it; keys are hashed at rest.</param>
public sealed record KeyReport(string Scope, string Name, string? Value);

/// <summary>A deployment of a published package, as the agent reports it.</summary>
/// <param name="Version">The SHA-256 of its zip file.</param>
/// <param name="Status"><c>Deploying</c>, <c>Success</c> or <c>Failed</c>.</param>
/// <param name="Active">It was the last to be put into service.</param>
/// <param name="Failure">Why it could not be put into service; null unless it failed.</param>
public sealed record DeploymentReport(
    string Id, string Version, string Status, bool Active, DateTimeOffset RequestedAt, DateTimeOffset? EndedAt, string? Message, string? Failure);
