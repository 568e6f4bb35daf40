using System.Security.Cryptography;
using System.Text;
using EdgeOperator.Core.Protocol.Functions;
using EdgeOperator.Functions.App;

namespace EdgeOperator.Functions.Hosting.Commands;

/// <summary>What <c>run DIR</c> hosts: the folder as it is, with the settings of its <c>local.settings.json</c>.</summary>
/// <param name="Home">Where queues and timers are remembered from run to run.</param>
internal sealed record LocalRun(AppRequest Request, string Home)
{
    private const int DefaultPort = 7071;

    /// <param name="port">Null for what the settings say, or 7071.</param>
    /// <param name="home">Null for a folder of the app's own in the user's state folder.</param>
    /// <exception cref="AppException">The folder or its settings can't be used.</exception>
    public static LocalRun Of(string folder, int? port, int instances, string? home)
    {
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (!Directory.Exists(path))
            throw new AppException($"there is no such folder ({path}): give the folder with the app's host.json");

        if (port is < 0 or > 65535)
            throw new AppException($"{port} is no port (--port): give one from 0, for any free one, to 65535");

        if (instances is < 1 or > 100)
            throw new AppException($"{instances} worker processes are not possible (--instances): give 1 to 100");

        var local = LocalSettings.Read(path);
        var request = new AppRequest
        {
            App = Path.GetFileName(path),
            Generation = "local",
            Folder = path,
            Instances = instances,
            Settings = local.Values,
            Port = port ?? local.Port ?? DefaultPort,
            CorsOrigins = local.CorsOrigins,
            CorsCredentials = local.CorsCredentials,
        };
        return new(request, home ?? HomeOf(path));
    }

    private static string HomeOf(string folder)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(folder)))[..8];
        var state = Environment.GetEnvironmentVariable("XDG_STATE_HOME") is { Length: > 0 } set
            ? set
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state");
        return Path.Combine(state, "edgeop-functions", $"{Path.GetFileName(folder)}-{hash}");
    }
}
