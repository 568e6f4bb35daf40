namespace EdgeOperator.Functions.Tests.Matrix;

/// <summary>A host of one kind of workers, and what has happened to its functions: each thing once, for all tests of it.</summary>
public abstract class OutcomeFixture(string kind) : IAsyncLifetime
{
    private readonly MatrixHost _host = new(kind);
    private readonly Dictionary<string, Task<Dictionary<(string, string), string>>> _runs = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    internal async Task<string> ObservedAsync(string trigger, string further, string happening)
    {
        if (!_runs.TryGetValue(happening, out var run))
            _runs[happening] = run = MatrixRun.RunAsync(_host, happening);
        return (await run)[(trigger, further)];
    }
}

/// <summary>What comes of a call for a kind of worker, by trigger and further binding, whatever happens to it.</summary>
public abstract class OutcomeTests(OutcomeFixture fixture)
{
    protected static TheoryData<string, string, string, string> CasesOf(string kind)
    {
        var cases = new TheoryData<string, string, string, string>();
        foreach (var happening in MatrixTable.Happenings)
        {
            foreach (var trigger in MatrixTable.Triggers)
            {
                foreach (var further in MatrixTable.Further.Where(f => MatrixTable.Expected(kind, trigger, f, happening) is not null))
                    cases.Add(kind, happening, trigger, further);
            }
        }

        return cases;
    }

    protected async Task EndsAsync(string kind, string happening, string trigger, string further) =>
        (await fixture.ObservedAsync(trigger, further, happening)).Should().Be(MatrixTable.Expected(kind, trigger, further, happening)!.ToString());
}
