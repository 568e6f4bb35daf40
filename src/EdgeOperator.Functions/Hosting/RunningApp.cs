using System.Collections.Immutable;
using EdgeOperator.Core.Protocol.Functions;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Invoking;
using EdgeOperator.Functions.Workers.Pool;

namespace EdgeOperator.Functions.Hosting;

/// <summary>An app in front of a pool of worker processes.</summary>
internal sealed class RunningApp(
    WorkerPool pool, IInvoker invoker, ImmutableArray<IListener> listeners, ImmutableArray<FunctionProblem> problems) : IRunningApp
{
    public FunctionApp App => pool.App;

    public ImmutableArray<FunctionDefinition> Functions => pool.App.Functions;

    public ImmutableArray<FunctionProblem> Problems => [.. pool.App.Problems, .. problems];

    public IInvoker Invoker => invoker;

    public ImmutableArray<IListener> Listeners => listeners;

    public ImmutableArray<InstanceReport> Instances => pool.Report();

    public ValueTask DisposeAsync() => pool.DisposeAsync();
}
