using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.Versioning;
using EdgeOperator.Agent.Kinds.FunctionApp.Packages;
using EdgeOperator.Core.Kinds.FunctionApp;
using EdgeOperator.Platform.Files;
using EdgeOperator.Platform.Processes;

namespace EdgeOperator.Agent.Kinds.FunctionApp;

/// <summary>Reads what lies in the apps' folders and asks their hosts.</summary>
[SupportedOSPlatform("linux")]
internal sealed class FunctionAppObserver(AppFolders folders, ProcessSupervisor supervisor, HostClients hosts, TimeProvider time)
{
    /// <summary>A host that runs and is silent for so long hangs: it answers before it loads an app.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<string, (int Process, long Since)> _silent = new();

    public async Task<ImmutableSortedDictionary<string, ObservedFunctionApp>> ObserveAsync(CancellationToken cancellation)
    {
        var apps = await Task.WhenAll(folders.All.Select(folder => ObserveAsync(folder, cancellation)));
        return apps.OfType<ObservedFunctionApp>().ToImmutableSortedDictionary(app => app.Name, app => app, StringComparer.Ordinal);
    }

    /// <returns>Null when nothing of the app is left but its data.</returns>
    public async Task<ObservedFunctionApp?> ObserveAsync(AppFolder folder, CancellationToken cancellation)
    {
        try
        {
            var process = supervisor.Find(folder.Path);
            var observed = new ObservedFunctionApp
            {
                Name = folder.Name,
                Packages = [.. PackageFiles.InstalledIn(folder)],
                Requested = Generation(folder),
                User = process?.Label ?? "",
            };
            if (process is not null)
                return await AskAsync(observed, process.Id, folder, cancellation);
            return observed is { Packages.IsEmpty: true, Requested: null } ? null : observed with { ExitReason = supervisor.ExitReasonOf(folder.Path) };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new() { Name = folder.Name, Unavailable = e.Message };
        }
    }

    /// <summary>The version that was asked for; null when there is none, or its record is damaged, so that it is asked for again.</summary>
    private static string? Generation(AppFolder folder)
    {
        try
        {
            return StateFile.ReadText(folder.Generation);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or InvalidDataException)
        {
            return null;
        }
    }

    private async Task<ObservedFunctionApp> AskAsync(ObservedFunctionApp app, int process, AppFolder folder, CancellationToken cancellation)
    {
        if (await hosts.Of(folder).StatusAsync(cancellation) is { } report)
        {
            _silent.TryRemove(app.Name, out _);
            return app with { Phase = AppHostPhase.Running, Report = report };
        }

        var since = _silent.AddOrUpdate(
            app.Name, _ => (process, time.GetTimestamp()), (_, known) => known.Process == process ? known : (process, time.GetTimestamp())).Since;
        return app with { Phase = time.GetElapsedTime(since) < Timeout ? AppHostPhase.Starting : AppHostPhase.Hung };
    }
}
