using System.Collections.Immutable;
using EdgeOperator.Cli.Output;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Cli;

/// <summary>What holds on a machine without <c>agent.yaml</c>, for whoever tries manifests there by hand.</summary>
internal static class DefaultConfiguration
{
    private const int LongestName = 63;

    public static AgentConfiguration Of(Terminal terminal) => new()
    {
        Device = new(DeviceName(Environment.MachineName), ImmutableSortedDictionary<string, string>.Empty, ImmutableSortedDictionary<string, string>.Empty),
        StateDirectory = Path.Combine(StateHome(terminal), "edgeop"),
    };

    /// <summary>The host's name as a device's may be: lower-case letters, digits and dashes.</summary>
    internal static string DeviceName(string host)
    {
        var name = string.Concat(host.Split('.')[0].ToLowerInvariant().Select(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) ? c : '-')).Trim('-');
        return name.Length == 0 ? "device" : name[..Math.Min(name.Length, LongestName)].TrimEnd('-');
    }

    // https://specifications.freedesktop.org/basedir-spec/latest/
    private static string StateHome(Terminal terminal)
    {
        if (OperatingSystem.IsWindows())
            return Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
        return terminal.Variable("XDG_STATE_HOME") is { Length: > 0 } home && Path.IsPathRooted(home)
            ? home
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state");
    }
}
