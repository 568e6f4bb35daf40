using System.Collections.Immutable;
using EdgeOperator.Core.Protocol.Functions;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Invoking;

namespace EdgeOperator.Functions.Hosting;

/// <summary>An app whose workers are ready: what a generation is made of. Disposal stops the workers.</summary>
public interface IRunningApp : IAsyncDisposable
{
    FunctionApp App { get; }

    /// <summary>Those that can run, from function.json files and from the workers' announcements.</summary>
    ImmutableArray<FunctionDefinition> Functions { get; }

    /// <summary>Functions that can't, and why.</summary>
    ImmutableArray<FunctionProblem> Problems { get; }

    IInvoker Invoker { get; }

    /// <summary>None of them started.</summary>
    ImmutableArray<IListener> Listeners { get; }

    ImmutableArray<InstanceReport> Instances { get; }
}

/// <summary>Reads an app and starts its workers.</summary>
/// <exception cref="AppException">The app can't be run; the message says what, where and what to do.</exception>
public delegate Task<IRunningApp> StartApp(AppRequest request, CancellationToken cancellation);
