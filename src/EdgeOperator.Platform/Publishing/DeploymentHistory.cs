using System.Collections.Immutable;

namespace EdgeOperator.Platform.Publishing;

/// <summary>Numbers are Kudu's.</summary>
public enum DeploymentStatus
{
    Deploying = 2,
    Failed = 3,
    Success = 4,
}

/// <summary>The deployments of an app, and what follows from them. Pure.</summary>
public sealed class DeploymentHistory
{
    public DeploymentHistory(IEnumerable<DeploymentState> deployments) => All = [.. deployments.OrderByDescending(d => d.Deployment.Sequence).ThenByDescending(d => d.Deployment.RequestedAt)];

    /// <summary>The one that was asked for last first.</summary>
    public ImmutableArray<DeploymentState> All { get; }

    /// <summary>The deployment to run: the last one that has not failed; null when there is none.</summary>
    public DeploymentState? Target => All.FirstOrDefault(d => d.Result?.Failure is null);

    /// <summary>What is known to have been put into service last; null before the first one.</summary>
    public DeploymentState? Active => All.FirstOrDefault(d => d.Result is { Failure: null });

    public bool IsTarget(DeploymentState deployment) => deployment.Deployment.Id == Target?.Deployment.Id;

    public bool IsActive(DeploymentState deployment) => deployment.Deployment.Id == Active?.Deployment.Id;

    public long NextSequence => All.IsEmpty ? 1 : All[0].Deployment.Sequence + 1;

    public DeploymentState? Find(string id) => All.FirstOrDefault(d => d.Deployment.Id == id);

    public DeploymentStatus StatusOf(DeploymentState deployment) => deployment switch
    {
        { Result: { Failure: null } } => DeploymentStatus.Success,
        { Result: not null } => DeploymentStatus.Failed,
        _ when IsTarget(deployment) => DeploymentStatus.Deploying,
        _ => DeploymentStatus.Failed,
    };

    /// <summary>Why a deployment has failed; null when it has not.</summary>
    public string? FailureOf(DeploymentState deployment) => StatusOf(deployment) != DeploymentStatus.Failed ? null
        : deployment.Result?.Failure ?? "a later deployment has taken its place before it was put into service";

    /// <summary>What may be deleted so that few are kept: never the one that runs, the one to run, or the newest.</summary>
    public IEnumerable<DeploymentState> Surplus(int kept) => All.Skip(kept).Where(d => !IsTarget(d) && !IsActive(d));
}
