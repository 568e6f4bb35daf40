using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent.Checks;

/// <summary>Whether the sources can be read: their servers, what they need on the device, and what the agent says of them.</summary>
internal static class SourceCheck
{
    private const string Area = "sources";

    public static IEnumerable<CheckResult> Run(CheckContext context, IReadOnlyList<ProbedEndpoint> network)
    {
        if (context.Configuration.Sources.IsEmpty)
        {
            yield return CheckResult.Warning(Area, "the configuration has no source, so that nothing is desired", "add one under sources in agent.yaml");
            yield break;
        }

        if (context.Configuration.Sources.Any(s => s is GitSourceConfiguration) && !IsInstalled("git"))
            yield return CheckResult.Error(Area, "there is no program git", "apt install git");
        foreach (var probed in network.Where(e => !e.Endpoint.IsHub && e.NameProblem is null && !e.IsReached))
            yield return NetworkCheck.Of(Area, probed);
        foreach (var source in context.Configuration.Sources)
            foreach (var result in Look(source, context.Status?.Sources.FirstOrDefault(s => s.Name == source.Name), context.Status is not null))
                yield return result;
    }

    private static IEnumerable<CheckResult> Look(SourceConfiguration source, SourceStatus? status, bool hasAgent)
    {
        if (source is DirectorySourceConfiguration folder && !Directory.Exists(folder.Path))
            yield return CheckResult.Error(Area, $"{source.Name}: there is no folder {folder.Path}", "make it, or name another one");
        else if (status is { Ready: { Status: ConditionStatus.True } })
            yield return CheckResult.Ok(Area, $"{source.Name}: read {status.Location}, at {status.Revision ?? "nothing yet"}");
        else if (status is { } failed && source is not TwinSourceConfiguration)
            yield return CheckResult.Error(Area, $"{source.Name}: {failed.Ready.Reason}: {failed.Ready.Message}", "`edgeop status` shows when it is tried next, `edgeop reconcile` tries now");
        else if (!hasAgent && source is not TwinSourceConfiguration)
            yield return CheckResult.Skipped(Area, $"{source.Name}: whether it can be read is seen by the agent, which does not answer");
    }

    private static bool IsInstalled(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Where(folder => folder.Length > 0).Any(folder => File.Exists(Path.Combine(folder, program)) || File.Exists(Path.Combine(folder, program + ".exe")));
}
