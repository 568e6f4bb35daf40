using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Loading;

namespace EdgeOperator.Functions.Workers.Pool;

/// <summary>Makes workers that are ready to be called.</summary>
internal sealed class WorkerStarter(FunctionApp app, IWorkerFactory factory, TimeProvider time)
{
    private int _number = -1;

    /// <summary>With the functions that the first worker announced.</summary>
    public FunctionApp App { get; private set; } = app;

    /// <summary>Starts the first one, which tells what functions there are.</summary>
    /// <exception cref="AppException">It can't be started, or not loaded.</exception>
    public Task<PooledWorker> StartFirstAsync(CancellationToken cancellation) => StartAsync(
        async worker =>
        {
            if (await worker.StartAsync(cancellation) is { } announced)
            {
                App = AppReader.Announced(App, announced);
            }

            var problems = await worker.LoadAsync(App.Functions, cancellation);
            App = App with
            {
                Functions = App.Functions.RemoveAll(f => problems.Any(p => p.Function.Equals(f.Name, StringComparison.OrdinalIgnoreCase))),
                Problems = App.Problems.AddRange(problems),
            };
            if (App.Functions.IsEmpty)
            {
                throw new AppException(NoFunctions(App));
            }
        },
        cancellation);

    /// <inheritdoc cref="StartFirstAsync"/>
    public Task<PooledWorker> StartAsync(CancellationToken cancellation) => StartAsync(
        async worker =>
        {
            await worker.StartAsync(cancellation);
            await worker.LoadAsync(App.Functions, cancellation);
        },
        cancellation);

    private static string NoFunctions(FunctionApp app) => app.Problems.IsEmpty
        ? $"The app {app.Name} has no functions: neither its worker nor a function.json in {app.Folder} names one. Has the app been built, and is this its folder?"
        : $"The app {app.Name} has no function that can run: {string.Join("; ", app.Problems.Select(p => $"{p.Function}: {p.Message}"))}";

    private async Task<PooledWorker> StartAsync(Func<IWorker, Task> start, CancellationToken cancellation)
    {
        var worker = factory.Create(App, Interlocked.Increment(ref _number));
        try
        {
            await start(worker);
            return new(worker, time.GetTimestamp(), time);
        }
        catch (Exception e)
        {
            await worker.DisposeAsync();
            if (e is AppException || cancellation.IsCancellationRequested)
            {
                throw;
            }

            throw new AppException($"A worker of {App.Name} did not start: {e.Message}", e);
        }
    }
}
