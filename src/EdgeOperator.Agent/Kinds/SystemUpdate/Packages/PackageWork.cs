using EdgeOperator.Agent.Kinds.SystemUpdate.Reboots;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Kinds.SystemUpdate.Packages;

/// <summary>
/// What changes packages: a process of its own, which runs on when the agent ends. Whatever it is cut short by, another one takes it up from
/// the transaction's file.
/// </summary>
public static class PackageWork
{
    /// <summary>Where packages to go back by lie, as the system itself sees it.</summary>
    internal const string Saved = "/var/cache/edgeoperator/packages";

    /// <param name="folder">Holds the transaction's file, and all that the tools print.</param>
    /// <param name="root">See <see cref="EdgeOperator.Core.Manifests.UpdatesConfiguration"/>.</param>
    public static async Task RunAsync(string folder, string root, PackageTask task, TimeProvider time, CancellationToken cancellation)
    {
        var tools = new PackageTools(root, time);
        var log = new WorkLog(folder);
        if (task == PackageTask.Apply)
        {
            await new TransactionRun(tools, new(folder), log, time).RunAsync(cancellation);
            return;
        }

        var fetch = new PackageFetch(tools, log);
        var failure = task switch
        {
            PackageTask.Refresh => await fetch.RefreshAsync(cancellation),
            PackageTask.CheckBoot => await BootChecks.RunAsync(folder, tools, log, time, cancellation),
            _ => await fetch.DownloadAsync(new TransactionFile(folder).ReadPlanned(), cancellation),
        };
        StateFile.Write(Path.Combine(folder, ResultFile), new FetchResult(task, failure), FetchJson.Default.FetchResult);
    }

    internal const string ResultFile = "fetch.json";
}
