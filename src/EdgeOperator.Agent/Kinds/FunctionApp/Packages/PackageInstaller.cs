using EdgeOperator.Agent.Execution;
using EdgeOperator.Core.Kinds.FunctionApp;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Kinds.FunctionApp.Packages;

/// <summary>Installs packages, by steps in the background. A package lies there complete or not at all.</summary>
/// <param name="published">Where the zip file of a published package is.</param>
/// <param name="wake">Called with the reason for a pass when an installation has ended.</param>
internal sealed class PackageInstaller(AppFolders folders, Func<FunctionPackage.Published, string> published, Action<string> wake, TimeProvider time, ILogger<PackageInstaller> logger)
    : IAsyncDisposable
{
    private readonly BackgroundSteps _background = new(wake, time, logger);
    private readonly ZipDownload _download = new();

    /// <summary>Starts an installation, or returns its progress or its outcome.</summary>
    public Task<StepOutcome> AskAsync(InstallApp step) => _background.AskAsync(step, (report, cancellation) =>
    {
        report($"the package of {step.Resource} is being installed");
        return InstallAsync(step, cancellation);
    });

    /// <summary>Whether a package of the app is being installed.</summary>
    public bool IsInstalling(ResourceId app) => _background.MessageOf(step => step.Resource == app) is not null;

    /// <summary>Cancels all other installations than these.</summary>
    public void Retain(IEnumerable<InstallApp> steps) => _background.Retain(steps);

    public async ValueTask DisposeAsync()
    {
        await _background.DisposeAsync();
        _download.Dispose();
    }

    private async Task<StepOutcome> InstallAsync(InstallApp step, CancellationToken cancellation)
    {
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
        catch (PackageException e)
        {
            return new StepOutcome.Retry(e.Reason, e.Message);
        }
    }
}

/// <summary>A package can't be installed. <paramref name="reason"/> is one CamelCase word.</summary>
internal sealed class PackageException(string reason, string message, Exception? inner = null) : Exception(message, inner)
{
    public string Reason { get; } = reason;
}
