using System.Collections.Immutable;
using System.Runtime.Versioning;
using EdgeOperator.Agent.Kinds.SystemUpdate.Packages;
using EdgeOperator.Platform.Files;
using EdgeOperator.Platform.Processes;

namespace EdgeOperator.Agent.Kinds.SystemUpdate;

/// <summary>
/// The worker as a process of its own: <c>edgeop update work</c>. Where systemd runs it is a transient unit, since the agent's own sandbox
/// keeps it from installing anything, and nothing that ends the agent ends it.
/// </summary>
/// <param name="folder">See <see cref="PackageWork.RunAsync"/>.</param>
[SupportedOSPlatform("linux")]
internal sealed class UpdateProcess(string folder, string root, TimeProvider time) : IUpdateWorker
{
    private const string Systemd = "/run/systemd/system";
    private const string Unit = "edgeop-update";

    private readonly ProcessSupervisor _supervisor = new(time);

    public bool IsWorking => _supervisor.Find(folder) is not null;

    public async Task StartAsync(PackageTask task, CancellationToken cancellation)
    {
        PrivateFolder.Create(folder);
        var command = Command();
        await _supervisor.StartAsync(new(folder, command[0], [.. command[1..], "update", "work", folder, "--root", root, "--task", $"{task}"], Variables())
        {
            WorkingDirectory = "/",
            Unit = root == "/" && Directory.Exists(Systemd) ? Unit : null,
        }, cancellation);
    }

    // The running program; a build for every platform is run by dotnet.
    private static ImmutableArray<string> Command()
    {
        var program = Environment.ProcessPath ?? throw new IOException("the running program is not known");
        return Path.GetFileNameWithoutExtension(program) == "dotnet" ? [program, Path.Combine(AppContext.BaseDirectory, "edgeop.dll")] : [program];
    }

    private static ImmutableSortedDictionary<string, string> Variables() => ImmutableSortedDictionary<string, string>.Empty
        .Add("PATH", Environment.GetEnvironmentVariable("PATH") ?? "/usr/sbin:/usr/bin:/sbin:/bin")
        .Add("HOME", "/root")
        .Add("DOTNET_EnableDiagnostics", "0");

}
