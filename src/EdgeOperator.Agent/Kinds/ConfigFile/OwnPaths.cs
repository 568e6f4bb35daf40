using System.Collections.Immutable;
using EdgeOperator.Agent.Kinds.FunctionApp;
using EdgeOperator.Agent.Telemetry;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Platform.Sockets;

namespace EdgeOperator.Agent.Kinds.ConfigFile;

/// <summary>What the agent itself lives on and keeps, which no ConfigFile may replace.</summary>
/// <param name="Files">Files and sockets.</param>
/// <param name="Folders">With all that is in them.</param>
internal sealed record OwnPaths(ImmutableArray<string> Files, ImmutableArray<string> Folders)
{
    private static readonly string[] Units = ["edgeop.service", "edgeop-trial.service"];

    private static readonly string[] UnitFolders = OperatingSystem.IsWindows() ? [] :
        ["/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"];

    private static readonly string[] Programs = OperatingSystem.IsWindows() ? ["edgeop.exe", "edgeop-functions.exe"] : ["edgeop", "edgeop-agent", "edgeop-functions"];

    public static OwnPaths Of(AgentConfiguration configuration) => new(
        [
            .. new[] { configuration.Api.Socket, configuration.Functions.Host, SocketOf(configuration.Engine.Socket) }.OfType<string>().Where(file => Path.IsPathFullyQualified(file) && LocalPipe.NameOf(file) is null),
            .. Path.GetDirectoryName(Environment.ProcessPath) is { } folder ? Programs.Select(program => Path.Combine(folder, program)) : [],
            .. UnitFolders.SelectMany(folder => Units.Select(unit => Path.Combine(folder, unit))),
        ],
        [
            configuration.StateDirectory,
            AppFolders.Of(configuration.Functions, configuration.StateDirectory).Root,
            configuration.VirtualMachines.FolderIn(configuration.StateDirectory),
            .. UnitFolders.SelectMany(folder => Units.Select(unit => Path.Combine(folder, unit + ".d"))),
            .. AgentVersion.InstallationOf(Environment.ProcessPath) is { } installation ? [installation] : Array.Empty<string>(),
        ]);

    private static string? SocketOf(string engine) =>
        Uri.TryCreate(engine, UriKind.Absolute, out var address) && address.Scheme == "unix" ? address.LocalPath : null;
}
