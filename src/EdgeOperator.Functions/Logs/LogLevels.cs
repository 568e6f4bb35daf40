using EdgeOperator.Functions.App;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Functions.Logs;

/// <summary><c>logging.logLevel</c> of host.json: the longest category that begins a line's own decides.</summary>
internal sealed class LogLevels(HostSettings settings)
{
    private readonly KeyValuePair<string, LogLevel>[] _byLength =
        [.. settings.LogLevels.OrderByDescending(l => l.Key.Length)];

    public bool Keep(string category, LogLevel level) => level >= Minimum(category) && level != LogLevel.None;

    private LogLevel Minimum(string category)
    {
        foreach (var (prefix, level) in _byLength)
        {
            if (category.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) && (category.Length == prefix.Length || category[prefix.Length] == '.'))
                return level;
        }

        return settings.DefaultLogLevel;
    }
}
