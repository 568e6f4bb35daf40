using System.Globalization;
using System.Runtime.Versioning;
using EdgeOperator.Platform.Files;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.LocalApi;

/// <summary>Lets the members of a group of the host open the local API's socket.</summary>
[SupportedOSPlatform("linux")]
internal static partial class SocketGroup
{
    /// <summary>Gives the group the socket, and lets its members reach it: everybody may pass the folder then, and nobody look into it.</summary>
    /// <remarks>The folder keeps its group: systemd would give all that is in it another owner at the unit's next start.</remarks>
    public static void Apply(string socket, string group, ILogger logger)
    {
        try
        {
            var owner = Accounts.Resolve($":{group}", out var unknown);
            if (unknown is not null || owner.Group is not { } id)
            {
                Refused(logger, group, unknown ?? "there is no such group");
                return;
            }

            using (var file = Posix.OpenPath(socket) ?? throw new IOException(string.Create(CultureInfo.InvariantCulture, $"{socket} is gone")))
                Posix.ChangeOwner(file, new(null, id), socket);
            var folder = Path.GetDirectoryName(Path.GetFullPath(socket))!;
            File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.OtherExecute);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Refused(logger, group, e.Message);
        }
    }

    [LoggerMessage(5103, LogLevel.Warning, "The socket is for root alone: api.group is \"{Group}\", and {Error}.")]
    private static partial void Refused(ILogger logger, string group, string error);
}
