using System.Collections.Immutable;
using EdgeOperator.Agent.Kinds.FunctionApp;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Agent.Kinds.ConfigFile;

/// <summary>What the agent itself lives on and keeps, which no ConfigFile may replace.</summary>
/// <param name="Files">Files and sockets.</param>
/// <param name="Folders">With all that is in them.</param>
internal sealed record OwnPaths(ImmutableArray<string> Files, ImmutableArray<string> Folders)
{
    private const string Unit = "edgeop.service";

    private static readonly string[] UnitFolders =
        ["/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"];

    private static readonly string[] Programs = ["edgeop", "edgeop-agent", "edgeop-functions"];

    public static OwnPaths Of(AgentConfiguration configuration) => new(
        [
            .. new[] { configuration.Api.Socket, configuration.Functions.Host, SocketOf(configuration.Engine.Socket) }.OfType<string>().Where(Path.IsPathFullyQualified),
            .. Path.GetDirectoryName(Environment.ProcessPath) is { } folder ? Programs.Select(program => Path.Combine(folder, program)) : [],
            .. UnitFolders.Select(folder => Path.Combine(folder, Unit)),
        ],
        [
            configuration.StateDirectory,
            AppFolders.Of(configuration.Functions, configuration.StateDirectory).Root,
            configuration.VirtualMachines.FolderIn(configuration.StateDirectory),
            .. UnitFolders.Select(folder => Path.Combine(folder, Unit + ".d")),
        ]);

    private static string? SocketOf(string engine) =>
        Uri.TryCreate(engine, UriKind.Absolute, out var address) && address.Scheme == "unix" ? address.LocalPath : null;
}
