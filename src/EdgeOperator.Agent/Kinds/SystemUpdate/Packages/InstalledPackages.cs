using System.Globalization;
using EdgeOperator.Core.Kinds.SystemUpdate.Packages;

namespace EdgeOperator.Agent.Kinds.SystemUpdate.Packages;

/// <summary>What dpkg knows of a system's packages.</summary>
internal static class InstalledPackages
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);

    /// <summary>By name; packages of another architecture than the system's own have it behind a colon. Also those that are half installed.</summary>
    /// <exception cref="IOException">dpkg can't be asked.</exception>
    public static async Task<Dictionary<string, InstalledPackage>> ReadAsync(PackageTools tools, CancellationToken cancellation)
    {
        var result = await tools.RunAsync(Timeout, cancellation, "dpkg-query", "-W", "-f", "${Package}\\t${Architecture}\\t${Version}\\t${db:Status-Abbrev}\\t${Installed-Size}\\n");

        // Without any package there is nothing to show, which is an error to it.
        if (!result.IsSuccess && result.Output.Length > 0)
            throw new IOException($"dpkg can't be asked: {AptOutput.Explain(result)}");
        var lines = result.Output.Split('\n').Select(line => line.Split('\t')).Where(fields => fields.Length == 5).ToList();
        var native = lines.Where(fields => fields[0] == "dpkg").Select(fields => fields[1]).FirstOrDefault();
        var packages = new Dictionary<string, InstalledPackage>(StringComparer.Ordinal);
        foreach (var fields in lines)
        {
            // The desired action, the state, and an error: ii, hi, iF, rc.
            var status = fields[3];
            if (status.Length < 2 || status[1] is 'n' or 'c' || fields[2].Length == 0)
                continue;
            var name = native is null || fields[1] == native || fields[1] == "all" ? fields[0] : $"{fields[0]}:{fields[1]}";
            long.TryParse(fields[4], NumberStyles.None, CultureInfo.InvariantCulture, out var kibibytes);
            packages[name] = new(fields[2], status[0] == 'h', kibibytes << 10, status[1] != 'i' || (status.Length > 2 && status[2] == 'R'))
            {
                NeedsReinstallation = status[1] == 'H' || (status.Length > 2 && status[2] == 'R'),
            };
        }

        return packages;
    }
}
