using System.Globalization;

namespace EdgeOperator.Core.Schedules;

/// <summary>Days on which a window stays closed, in its own time zone: <c>2026-12-24</c>, each year <c>12-24</c>, or from one to another <c>12-20/01-06</c>, both included.</summary>
internal readonly record struct Blackout(DateOnly First, DateOnly Last, bool EachYear)
{
    // Of a leap year, so that 29 February is a day.
    private const int AnyYear = 2000;

    /// <summary>Null when the text is none.</summary>
    public static Blackout? Parse(string text)
    {
        var parts = text.Split('/');
        if (parts.Length > 2 || Day(parts[0]) is not { } first || Day(parts[^1]) is not { } last || first.EachYear != last.EachYear)
            return null;
        return first.EachYear || first.Date <= last.Date ? new(first.Date, last.Date, first.EachYear) : null;
    }

    public bool Contains(DateOnly day)
    {
        if (!EachYear)
            return day >= First && day <= Last;
        var any = new DateOnly(AnyYear, day.Month, day.Day);
        return First <= Last ? any >= First && any <= Last : any >= First || any <= Last;
    }

    private static (DateOnly Date, bool EachYear)? Day(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? (date, false)
        : DateOnly.TryParseExact($"{AnyYear}-{text}", "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date) ? (date, true)
        : null;
}
