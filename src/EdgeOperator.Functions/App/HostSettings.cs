using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Functions.App;

/// <summary>What <c>host.json</c> (version 2.0) says, with <c>AzureFunctionsJobHost__a__b</c> settings laid over it.</summary>
public sealed record HostSettings
{
    /// <summary>Null for no limit; the cloud's default outside of its Consumption plan is 30 minutes.</summary>
    public TimeSpan? FunctionTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Only these functions run; null for all.</summary>
    public ImmutableArray<string>? Functions { get; init; }

    public RetryPolicy? Retry { get; init; }

    public HttpSettings Http { get; init; } = new();

    public QueueSettings Queues { get; init; } = new();

    public BlobSettings Blobs { get; init; } = new();

    public CustomHandlerSettings? CustomHandler { get; init; }

    public LogLevel DefaultLogLevel { get; init; } = LogLevel.Information;

    public ImmutableSortedDictionary<string, LogLevel> LogLevels { get; init; } = ImmutableSortedDictionary<string, LogLevel>.Empty;
}

public sealed record HttpSettings
{
    /// <summary>Without slashes at its ends; empty for none.</summary>
    public string RoutePrefix { get; init; } = "api";

    /// <summary>Requests that may run or wait; more are answered 429. Below 0: no limit.</summary>
    public int MaxOutstandingRequests { get; init; } = -1;

    /// <summary>Requests that run at once; others wait. Below 0: no limit.</summary>
    public int MaxConcurrentRequests { get; init; } = -1;

    public ImmutableSortedDictionary<string, string> CustomHeaders { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Value of <c>Strict-Transport-Security</c> in answers to HTTPS requests, which come by a trusted proxy; null for none.</summary>
    public string? StrictTransportSecurity { get; init; }

    /// <summary>Bytes; the setting FUNCTIONS_REQUEST_BODY_SIZE_LIMIT. More is answered 413.</summary>
    public long BodyLimit { get; init; } = 104_857_600;
}

public sealed record QueueSettings
{
    /// <summary>1 to 32.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>More is fetched as soon as no more than this many messages are being worked on.</summary>
    public int NewBatchThreshold { get; init; } = 8;

    public int MaxDequeueCount { get; init; } = 5;

    /// <summary>How long a message that failed stays away.</summary>
    public TimeSpan VisibilityTimeout { get; init; }

    public TimeSpan MaxPollingInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Otherwise the text itself is the message.</summary>
    public bool Base64 { get; init; } = true;
}

public sealed record BlobSettings
{
    /// <summary>Blobs that a function processes at once.</summary>
    public int MaxDegreeOfParallelism { get; init; } = 8;

    /// <summary>How often a function is given a blob that it fails on, from 1.</summary>
    public int PoisonBlobThreshold { get; init; } = 5;
}

public sealed record CustomHandlerSettings
{
    public required string Executable { get; init; }

    /// <summary><c>%NAME%</c> stands for variables of the process itself, its port among them.</summary>
    public ImmutableArray<string> Arguments { get; init; } = [];

    /// <summary>Absolute.</summary>
    public required string WorkingDirectory { get; init; }

    public bool ForwardsHttp { get; init; }
}
