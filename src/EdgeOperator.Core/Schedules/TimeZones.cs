namespace EdgeOperator.Core.Schedules;

/// <summary>Time zones by the names of the IANA database, as the system has them: without the package tzdata there is UTC alone.</summary>
internal static class TimeZones
{
    // A zone that every database has; it tells a wrong name from a system without a database.
    private const string Common = "Europe/London";

    /// <summary>Whether names can be told from mistakes here.</summary>
    public static bool AreKnown => TimeZoneInfo.TryFindSystemTimeZoneById(Common, out _);

    /// <summary>Null when it is not known here.</summary>
    public static TimeZoneInfo? Find(string name) =>
        name == "UTC" ? TimeZoneInfo.Utc : TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : null;

    public static string Unknown(string name) => AreKnown
        ? $"the time zone {name} is not known"
        : $"the time zone {name} is not known, because this system has no time zones but UTC: install tzdata";
}
