using EdgeOperator.Agent.Engine;
using EdgeOperator.Agent.Hardware;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Agent.Checks;

/// <summary>Whether there is space where the agent, the engine and the machines write.</summary>
internal static class DiskCheck
{
    private const string Area = "disk";
    private const int Much = 90;
    private const int TooMuch = 97;
    private const long Gigabyte = 1024L * 1024 * 1024;

    /// <summary>With so much left a disk is not full, whatever its size.</summary>
    private const long Plenty = 10 * Gigabyte;

    public static async Task<IEnumerable<CheckResult>> RunAsync(CheckContext context, CancellationToken cancellation)
    {
        var configuration = context.Configuration;
        (string What, string? Path)[] places =
        [
            ("the agent's state", configuration.StateDirectory), ("virtual machines", configuration.VirtualMachines.FolderIn(configuration.StateDirectory)),
            ("function apps", configuration.Functions.Directory), ("the engine", await EngineFolderAsync(configuration.Engine.Socket, cancellation)), ("the system", OperatingSystem.IsWindows() ? null : "/"),
        ];

        // Several places on one disk are one finding.
        var disks = places.Where(place => place.Path is not null).Select(place => (place.What, Disk: HostReader.Disk(Existing(place.Path!))))
            .Where(place => place.Disk is not null).GroupBy(place => (place.Disk!.Total, place.Disk.Free));
        return disks.Select(group => Judge(string.Join(", ", group.Select(place => place.What).Distinct()), group.First().Disk!));
    }

    private static CheckResult Judge(string what, DiskFigures disk)
    {
        var text = $"{disk.Free / (double)Gigabyte:0.0} GB of {disk.Total / (double)Gigabyte:0.0} GB are free for {what} ({disk.Path})";
        return disk.Used < Much || disk.Free > Plenty ? CheckResult.Ok(Area, text)
            : disk.Used < TooMuch ? CheckResult.Warning(Area, text, "make room: `docker system df` shows what images take, `journalctl --disk-usage` what logs take")
            : CheckResult.Error(Area, text, "make room now: without it nothing can be fetched or remembered");
    }

    private static string Existing(string path)
    {
        while (!Directory.Exists(path) && Path.GetDirectoryName(path) is { Length: > 0 } parent)
            path = parent;
        return path;
    }

    private static async Task<string?> EngineFolderAsync(string socket, CancellationToken cancellation)
    {
        using var engine = new DockerEngine(new(socket));
        try
        {
            return (await engine.InfoAsync(cancellation)).DockerRootDir is { Length: > 0 } folder && Path.IsPathRooted(folder) ? folder : null;
        }
        catch (EngineException)
        {
            return null;
        }
    }
}
