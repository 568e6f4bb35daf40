using System.Collections.Immutable;
using System.Text.Json.Serialization;
using EdgeOperator.Core.Kinds.SystemUpdate.Packages;
using EdgeOperator.Core.Kinds.SystemUpdate.Reboots;
using EdgeOperator.Core.Kinds.SystemUpdate.Releases;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Schedules;

namespace EdgeOperator.Core.Kinds.SystemUpdate;

public enum SecurityUpdates
{
    None,
    All,
}

/// <summary>What keeps a device current, and when.</summary>
public sealed record SystemUpdateSpec
{
    public ImmutableArray<PackageRule> Packages { get; init; } = [];

    public SecurityUpdates Security { get; init; }

    /// <summary>Null leaves the version of the agent as it is.</summary>
    public AgentRelease? Agent { get; init; }

    /// <summary>When changes may begin; null for at any time.</summary>
    public MaintenanceWindow? Window { get; init; }

    /// <summary>When something may be fetched; null for at any time.</summary>
    public MaintenanceWindow? DownloadWindow { get; init; }

    /// <summary>How old package lists may get.</summary>
    public TimeSpan CheckInterval { get; init; } = TimeSpan.FromDays(1);

    public ImmutableArray<UpdateCheck> HealthChecks { get; init; } = [];

    /// <summary>Null for never.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RebootSpec? Reboot { get; init; }

    /// <summary>Whether packages are its concern at all.</summary>
    [JsonIgnore]
    public bool HasPackages => !Packages.IsEmpty || Security != SecurityUpdates.None;

    [JsonIgnore]
    public string Hash => SpecHash.Of(this, SystemUpdateJson.Default.SystemUpdateSpec);

    /// <summary>Changes with the packages that are asked for alone: not with windows, nor with how they are checked.</summary>
    [JsonIgnore]
    public string PackagesHash => SpecHash.Of(new SystemUpdateSpec { Packages = Packages, Security = Security }, SystemUpdateJson.Default.SystemUpdateSpec);
}

/// <summary>One way to tell that the device is well after a change: one of the first four is set.</summary>
/// <param name="Timeout">For how long it may fail before it counts.</param>
public sealed record UpdateCheck(TimeSpan Timeout, ImmutableArray<string>? Exec = null, string? Http = null, string? Tcp = null, string? Unit = null)
{
    public override string ToString() => Exec is { } command ? string.Join(' ', command) : Http ?? Tcp ?? Unit ?? "";
}
