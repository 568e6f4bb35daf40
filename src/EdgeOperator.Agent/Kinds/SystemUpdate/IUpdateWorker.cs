using EdgeOperator.Agent.Kinds.SystemUpdate.Packages;

namespace EdgeOperator.Agent.Kinds.SystemUpdate;

/// <summary>Whatever does <see cref="PackageWork"/>, one task at a time.</summary>
internal interface IUpdateWorker
{
    bool IsWorking { get; }

    /// <summary>Returns when it has begun; does nothing while one is at work.</summary>
    /// <exception cref="IOException">It could not be started.</exception>
    Task StartAsync(PackageTask task, CancellationToken cancellation);
}
