using System.Globalization;
using System.Text.RegularExpressions;

namespace EdgeOperator.Core.Schedules;

/// <summary>Maintenance windows in words.</summary>
internal static partial class WindowText
{
    private static readonly string[] Days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

    public static string Of(MaintenanceWindow window) =>
        $"{Times(window.Cron)} for {Manifests.Schema.Duration.Write(window.Duration)} ({window.TimeZone})";

    public static string Of(MaintenanceWindow window, DateTimeOffset now, DateTimeOffset? runningSince) =>
        window.At(now, runningSince) is { } open ? $"{(open.IsMissed ? "open after a missed window" : "open")} until {Moment(open.Until)}"
        : window.Next(now) is { } next ? $"opens {Moment(next.From)}"
        : window.Problem(now)!;

    public static string Moment(DateTimeOffset moment) => moment.ToString("ddd yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture);

    // What most people write; anything else is shown as it is.
    private static string Times(string cron)
    {
        if (Plain().Match(cron) is not { Success: true } match)
            return $"cron `{cron}`";
        var time = string.Create(CultureInfo.InvariantCulture, $"{Number(match, "hour"):00}:{Number(match, "minute"):00}");
        var days = match.Groups["days"].Value;
        return days == "*" ? $"daily at {time}" : $"{Names(days)} at {time}";
    }

    private static string Names(string days) => string.Join(",", days.Split(',').Select(part => string.Join("-", part.Split('-').Select(Name))));

    private static string Name(string day) =>
        char.IsAsciiDigit(day[0]) ? Days[day[0] - '0'] : $"{char.ToUpperInvariant(day[0])}{day[1..].ToLowerInvariant()}";

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(?<minute>[0-9]{1,2}) +(?<hour>[0-9]{1,2}) +[*?] +\* +(?<days>\*|(?<day>[0-7]|[A-Za-z]{3})([,-]([0-7]|[A-Za-z]{3}))*)\z")]
    private static partial Regex Plain();
}
