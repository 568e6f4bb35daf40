using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Core.Schedules;

/// <summary>The fields of a maintenance window, as data; they bind to <see cref="MaintenanceWindow"/>.</summary>
internal static class WindowDefinition
{
    public static ObjectType Window { get; } = new(
        new("cron", CronType.Instance, "When it opens: minute, hour, day of month, month and day of week, as cron has them, or `@daily` and the like.") { Required = true },
        new("duration", new DurationType(TimeSpan.FromMinutes(1), TimeSpan.FromDays(7)), "For how long something may begin; what has begun goes on.") { Required = true },
        new("timeZone", TimeZoneType.Instance, "The time zone of `cron` and `blackouts`, by its name in the IANA database.") { Default = "UTC" },
        new("graceAfterMissed", new DurationType(TimeSpan.Zero, TimeSpan.FromDays(7)), "For how long after its end a window may still be used by a device that was off until then.") { Default = "0s" },
        new("blackouts", new ListType(BlackoutType.Instance), "Days on which it stays closed: `2026-12-24`, each year `12-24`, or from one to another `12-20/01-06`.") { Default = "[]" });
}
