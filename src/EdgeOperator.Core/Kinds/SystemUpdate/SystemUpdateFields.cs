using System.Collections.Immutable;
using EdgeOperator.Core.Kinds.SystemUpdate.Packages;
using EdgeOperator.Core.Kinds.SystemUpdate.Reboots;
using EdgeOperator.Core.Kinds.SystemUpdate.Releases;
using EdgeOperator.Core.Schedules;

namespace EdgeOperator.Core.Kinds.SystemUpdate;

/// <summary>A SystemUpdate's spec as written; <see cref="SystemUpdateDefinition"/> says what it means.</summary>
internal sealed record SystemUpdateFields(
    ImmutableArray<PackageRule> Packages,
    SecurityUpdates Security,
    TimeSpan CheckInterval,
    ImmutableArray<UpdateCheck> HealthChecks,
    MaintenanceWindow? Window = null,
    MaintenanceWindow? DownloadWindow = null,
    AgentReleaseFields? Agent = null,
    RebootSpec? Reboot = null);
