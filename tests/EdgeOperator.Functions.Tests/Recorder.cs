using System.Collections.Concurrent;
using System.Collections.Immutable;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Invoking;
using Microsoft.AspNetCore.Http;

namespace EdgeOperator.Functions.Tests;

/// <summary>Stands for the rest of the host: remembers each call, and answers as it is told.</summary>
internal sealed class Recorder : IInvoker
{
    private readonly ConcurrentQueue<Invocation> _calls = new();
    private int _running;
    private int _most;

    public Func<Invocation, CancellationToken, Task<InvocationResult>> Answer { get; set; } = (_, _) => Task.FromResult(Success);

    public static InvocationResult Success { get; } = new(ImmutableSortedDictionary<string, Value>.Empty, null, null);

    public IReadOnlyList<Invocation> Calls => [.. _calls];

    public int Running => Volatile.Read(ref _running);

    /// <summary>The most calls that ran at once.</summary>
    public int MostAtOnce => Volatile.Read(ref _most);

    public bool Forwards(FunctionDefinition function) => false;

    public Task ForwardAsync(HttpContext context, FunctionDefinition function, string invocationId, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public async Task<InvocationResult> InvokeAsync(Invocation invocation, CancellationToken cancellation)
    {
        var running = Interlocked.Increment(ref _running);
        lock (_calls)
            _most = Math.Max(_most, running);
        _calls.Enqueue(invocation);
        try
        {
            return await Answer(invocation, cancellation);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }
}
