using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Cli.Machines;

/// <summary>
/// The one thing of the agent's configuration that a call between host and guest must know, read without a YAML parser, which takes
/// longer than the call.
/// </summary>
internal static class PlainConfiguration
{
    private const string Key = "stateDirectory";

    /// <summary>Where machines lie.</summary>
    /// <returns>Null when the file can't be read or does not say it plainly: then the full reader decides, and reports what is wrong.</returns>
    public static string? MachinesFolder(string configuration)
    {
        try
        {
            return StateDirectory(File.ReadAllText(configuration)) is { } state ? Path.Combine(state, StandardPaths.Machines) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // The key alone on its line, once, with a value without quotes: any other spelling is left to the reader.
    private static string? StateDirectory(string text)
    {
        if (text.IndexOf("virtualMachines", StringComparison.Ordinal) is >= 0 and var machines && text.IndexOf("directory", machines, StringComparison.Ordinal) >= 0)
            return null;
        var at = text.IndexOf(Key, StringComparison.Ordinal);
        if (at < 0)
            return StandardPaths.State;
        return string.IsNullOrWhiteSpace(text[(text.LastIndexOf('\n', at) + 1)..at]) && text.IndexOf(Key, at + 1, StringComparison.Ordinal) < 0
            && text[(at + Key.Length)..].Split('\n', 2)[0] is [':', ' ', .. var rest]
            && rest.Trim() is ['/', ..] value && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '-' or '_' or '.')
            ? value
            : null;
    }
}
