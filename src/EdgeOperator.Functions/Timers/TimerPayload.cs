using System.Globalization;
using System.Text.Json.Nodes;

namespace EdgeOperator.Functions.Timers;

/// <summary>
/// What a timer's function gets. The fields are those of <c>TimerInfo</c> in
/// https://github.com/Azure/azure-webjobs-sdk-extensions, times in the time zone of the schedule.
/// </summary>
internal static class TimerPayload
{
    private const string NotYet = "0001-01-01T00:00:00+00:00";

    /// <param name="status">Null for a timer that nothing is remembered of.</param>
    public static JsonObject Of(Schedule schedule, TimeZoneInfo zone, TimerStatus? status, bool isPastDue) => new()
    {
        ["Schedule"] = new JsonObject { ["AdjustForDST"] = schedule.FollowsClock },
        ["ScheduleStatus"] = status is null ? null : new JsonObject
        {
            ["Last"] = Time(status.Last, zone),
            ["Next"] = Time(status.Next, zone),
            ["LastUpdated"] = Time(status.Updated, zone),
        },
        ["IsPastDue"] = isPastDue,
    };

    private static string Time(DateTimeOffset? time, TimeZoneInfo zone) => time is { } at
        ? TimeZoneInfo.ConvertTime(at, zone).ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture)
        : NotYet;
}
