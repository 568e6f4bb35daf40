using System.Collections.Concurrent;
using EdgeOperator.Agent.Execution;
using EdgeOperator.Core.Kinds.FunctionApp;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Kinds.FunctionApp.Packages;

/// <summary>
/// Installs packages in the background. Asking for one starts it or says how far it is; what came of it is told once, and
/// asking again after a failure tries again. A package lies there complete or not at all.
/// </summary>
/// <param name="published">Where the zip file of a published package is.</param>
/// <param name="wake">Told in a few words when an installation is over.</param>
internal sealed partial class PackageInstaller(AppFolders folders, Func<FunctionPackage.Published, string> published, Action<string> wake, ILogger<PackageInstaller> logger) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Installation> _installations = new();
    private readonly ZipDownload _download = new();

    public async Task<StepOutcome> AskAsync(InstallApp step)
    {
        if (!_installations.TryGetValue(step.Id, out var installation))
        {
            installation = new();
            _installations[step.Id] = installation;
            installation.Task = InstallAsync(step, installation.End.Token);
            _ = WakeAfterAsync(step, installation.Task);
        }

        if (!installation.Task.IsCompleted)
            return new StepOutcome.Pending($"the package of {step.Resource} is being installed");
        _installations.TryRemove(step.Id, out _);
        return await installation.Task;
    }

    /// <summary>Whether a package of the app is on its way.</summary>
    public bool IsInstalling(ResourceId app) => _installations.Any(i => i.Key.StartsWith($"install {app} ", StringComparison.Ordinal) && !i.Value.Task.IsCompleted);

    /// <summary>Gives up other installations than these.</summary>
    public void Retain(IEnumerable<InstallApp> steps)
    {
        var wanted = steps.Select(s => s.Id).ToHashSet();
        foreach (var id in _installations.Keys.Where(id => !wanted.Contains(id)))
        {
            if (_installations.TryRemove(id, out var installation))
                installation.End.Cancel();
        }
    }

    public async ValueTask DisposeAsync()
    {
        var tasks = _installations.Values.Select(i => i.Task).ToList();
        Retain([]);
        await Task.WhenAll(tasks);
        _download.Dispose();
    }

    private async Task WakeAfterAsync(InstallApp step, Task<StepOutcome> installation)
    {
        switch (await installation)
        {
            case StepOutcome.Succeeded { Note: { } note }:
                LogInstalled(step.Resource, note);
                break;
            case StepOutcome.Retry failure:
                LogFailed(step.Resource, failure.Message);
                break;
            case StepOutcome.Pending:
                return;
        }

        wake($"the package of {step.Resource} is there");
    }

    private async Task<StepOutcome> InstallAsync(InstallApp step, CancellationToken cancellation)
    {
        // Whoever asks must not wait for a disk.
        await Task.Yield();
        try
        {
            var folder = folders.Create(step.Resource.Name);
            return await new PackageFiles(folder, step.Package.Hash).WriteAsync(
                async (target, c) =>
                {
                    switch (step.Package)
                    {
                        case FunctionPackage.Folder package:
                            Unpacking.Write(package.Files, target, c);
                            break;
                        case FunctionPackage.Zip package:
                            await _download.UnpackAsync(package, target, c);
                            break;
                        case FunctionPackage.Published package:
                            await Unpacking.UnzipAsync(published(package), package, target, c);
                            break;
                    }

                    return (await NpmInstall.RunAsync(target, Path.Combine(folders.Root, ".npm"), c)
                        ?? await PipInstall.RunAsync(target, Path.Combine(folders.Root, ".pip"), c)) is { } installed
                        ? $"installed {step.Package.Location}, and {installed}"
                        : $"installed {step.Package.Location}";
                },
                cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return new StepOutcome.Pending($"the installation of {step.Resource} was given up");
        }
        catch (PackageException e)
        {
            return new StepOutcome.Retry(e.Reason, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return IoFailure.Of(e, e.Message, "DiskError");
        }
    }

    [LoggerMessage(6101, LogLevel.Information, "{App}: {What}")]
    private partial void LogInstalled(ResourceId app, string what);

    [LoggerMessage(6102, LogLevel.Warning, "{App} can't be installed: {Error}")]
    private partial void LogFailed(ResourceId app, string error);

    private sealed class Installation
    {
        public CancellationTokenSource End { get; } = new();

        public Task<StepOutcome> Task { get; set; } = System.Threading.Tasks.Task.FromResult<StepOutcome>(new StepOutcome.Pending(""));
    }
}

/// <summary>A package can't be installed. <paramref name="reason"/> is one CamelCase word.</summary>
internal sealed class PackageException(string reason, string message, Exception? inner = null) : Exception(message, inner)
{
    public string Reason { get; } = reason;
}
