using System.Collections.Immutable;

namespace EdgeOperator.Functions.Timers;

/// <summary>The time zone that an app's timers go by: its settings say, or the device.</summary>
internal static class TimeZones
{
    // The cloud's setting goes before the system's.
    private static readonly string[] Settings = ["WEBSITE_TIME_ZONE", "TZ"];

    /// <exception cref="FormatException">The setting names no time zone that is known here.</exception>
    public static TimeZoneInfo Of(ImmutableSortedDictionary<string, string> settings, TimeZoneInfo local)
    {
        foreach (var setting in Settings)
        {
            if (settings.TryGetValue(setting, out var name) && name.Trim().TrimStart(':') is { Length: > 0 } id)
            {
                return Find(id) ?? throw new FormatException(
                    $"The setting {setting} names no time zone of this device: \"{name}\". Use a name such as \"Europe/Berlin\" or \"W. Europe Standard Time\", and install tzdata if it is missing");
            }
        }

        return local;
    }

    private static TimeZoneInfo? Find(string id) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) || TimeZoneInfo.TryFindSystemTimeZoneById(IanaName(id) ?? id, out zone) ? zone : null;

    // What .NET knows of these names is in ICU, which is left out here.
    private static string? IanaName(string windowsName)
    {
        using var table = new StreamReader(typeof(TimeZones).Assembly.GetManifestResourceStream("WindowsTimeZones.txt")!);
        while (table.ReadLine() is { } line)
        {
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            if (line.AsSpan(0, equals).Equals(windowsName, StringComparison.OrdinalIgnoreCase))
                return line[(equals + 1)..];
        }

        return null;
    }
}
