using EdgeOperator.Functions.Invoking;

namespace EdgeOperator.Functions.Tests.Hosting;

/// <summary>Writes down what is done with it; its drain ends when the test says so.</summary>
internal sealed class RecordedListener(string name, List<string> events, Task? drained = null) : IListener
{
    public void Start() => Add("starts");

    public async Task DrainAsync(CancellationToken cancellation)
    {
        Add("drains");
        await (drained ?? Task.CompletedTask).WaitAsync(cancellation);
        Add("is quiet");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Add(string what)
    {
        lock (events)
            events.Add($"{name} {what}");
    }
}
