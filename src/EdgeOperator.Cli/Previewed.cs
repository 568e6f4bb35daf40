using EdgeOperator.Agent.Loop;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Cli;

/// <summary>What a pass would do; all that prevents it has been reported.</summary>
/// <param name="Detail">What the plan comes to.</param>
internal sealed record Previewed(string Revision, Plan Plan, PlanDetail Detail)
{
    /// <exception cref="UserError">A source does not deliver, or the manifests are invalid.</exception>
    public static async Task<Previewed> OfAsync(
        Call call, AgentConfiguration configuration, GivenManifests given, ILoggerFactory loggers, CancellationToken cancellation)
    {
        var result = await Preview.RunAsync(configuration, loggers, call.Terminal.Time, cancellation);
        if (result.Rendering is not { } rendering)
            throw Undelivered(result, given);

        call.Errors.Warn(rendering.Warnings.Select(w => w.ToString()));
        if (result.Plan is not { } plan)
            throw UserError.Invalid(rendering.Problems);

        if (result.Instead is { } instead)
            call.Errors.Warn([instead]);
        if (result.EngineUnavailable is { } why && rendering.State!.Modules.Any(m => m.Container.Target == EngineTarget.Host))
            call.Errors.Warn([$"the container engine can't be read: {why}"]);

        return new(rendering.Revision.Id, plan, PlanDetail.Of(plan, rendering.State!, result.Previous));
    }

    /// <exception cref="UserError">Something of the plan can never be carried out as the manifests are.</exception>
    public void ThrowIfImpossible()
    {
        if (Plan.Blocked.Where(block => block.IsProblem && block.Reason.IsForGood()).ToList() is { Count: > 0 } impossible)
            throw new UserError(ExitCode.InvalidInput, [.. impossible.Select(block => $"{block.Resource} can never be applied as it is: {block.Message}")]);
    }

    /// <summary>Why the sources do not deliver. Files and folders that were named on the command line are input, as they are to <c>validate</c>.</summary>
    public static UserError Undelivered(PreviewResult result, GivenManifests given) =>
        new(given.IsEmpty ? ExitCode.Failed : ExitCode.InvalidInput, [.. Failures(result)]);

    private static IEnumerable<string> Failures(PreviewResult result) => result.Sources.IsEmpty
        ? ["no source is configured: add one to spec.sources, or name files or folders"]
        : result.Sources.Where(s => s.Ready.Status != ConditionStatus.True).Select(Failure);

    private static string Failure(SourceStatus source) => $"source {source.Name} ({source.Location}) does not deliver: {source.Ready.Message}";
}
