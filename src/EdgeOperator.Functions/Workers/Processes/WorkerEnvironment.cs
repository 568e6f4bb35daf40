using System.Collections.Immutable;
using EdgeOperator.Functions.App;

namespace EdgeOperator.Functions.Workers.Processes;

/// <summary>The environment of a worker: the app's settings, and of the host's own only what programs can't do without.</summary>
public static class WorkerEnvironment
{
    private static readonly string[] Inherited =
    [
        "PATH", "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "TZ", "TZDIR", "SSL_CERT_DIR", "SSL_CERT_FILE", "DOTNET_ROOT", "JAVA_HOME",
        "http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY",
        "SystemRoot", "SystemDrive", "ComSpec", "PATHEXT", "windir", "ProgramData", "ProgramFiles",
    ];

    /// <param name="temporary">The workers' folder for temporary files.</param>
    /// <param name="own">Variables for this kind of worker; they take precedence over settings of the same name.</param>
    public static ImmutableSortedDictionary<string, string> Of(
        FunctionApp app, string temporary, params IEnumerable<KeyValuePair<string, string>> own)
    {
        var all = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().Select(e => ((string)e.Key, (string)e.Value!)))
        {
            if (Inherited.Contains(name) || name.StartsWith("LC_", StringComparison.Ordinal))
            {
                all[name] = value;
            }
        }

        (all["TMPDIR"], all["TMP"], all["TEMP"]) = (temporary, temporary, temporary);
        foreach (var (name, value) in app.Settings)
        {
            // Others can't be passed on at all.
            if (name.Length > 0 && !name.Contains('=') && !name.Contains('\0') && !value.Contains('\0'))
            {
                all[name] = value;
            }
        }

        foreach (var (name, value) in own)
        {
            all[name] = value;
        }

        return all.ToImmutable();
    }
}
