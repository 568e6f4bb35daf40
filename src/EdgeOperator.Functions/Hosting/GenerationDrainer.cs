using EdgeOperator.Functions.Http;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Functions.Hosting;

/// <summary>
/// Sees off what serves no longer, in the background: listeners and requests end, then workers. The listeners of the next
/// generation wait for those of the one before, so that nothing fires twice.
/// </summary>
internal sealed partial class GenerationDrainer(TimeSpan limit, ILogger logger) : IDisposable
{
    // Requests of an old generation hurt nobody, and a function may take its time.
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(5);

    private readonly CancellationTokenSource _ending = new();
    private readonly List<Task> _going = [];
    private Task _listening = Task.CompletedTask;

    /// <summary>Called by one caller at a time.</summary>
    public void Retire(Generation? generation, HttpServer? server)
    {
        _going.RemoveAll(g => g.IsCompleted);
        if (server is not null)
            _going.Add(StopAsync(server));

        if (generation is null)
            return;

        _listening = DrainListenersAsync(_listening, generation);
        _going.Add(DrainAndDisposeAsync(generation, _listening));
    }

    /// <summary>Starts a generation's listeners once those before it are quiet.</summary>
    public void ThenListen(Generation generation) => _listening = ListenAsync(_listening, generation);

    /// <summary>Waits until all is gone; from now on nothing has longer than the limit.</summary>
    public async Task EndAsync()
    {
        _ending.CancelAfter(limit);
        await Task.WhenAll([_listening, .. _going]);
    }

    public void Dispose() => _ending.Dispose();

    private async Task ListenAsync(Task before, Generation generation)
    {
        await before;
        try
        {
            generation.Listen();
        }
        catch (Exception failure)
        {
            LogNotListening(generation.Request.Generation, failure);
        }
    }

    private async Task DrainListenersAsync(Task before, Generation generation)
    {
        await before;
        using var end = End(limit);
        try
        {
            await generation.DrainListenersAsync(end.Token);
        }
        catch (Exception failure)
        {
            LogListenersCut(generation.Request.Generation, failure);
        }
    }

    private async Task DrainAndDisposeAsync(Generation generation, Task listeners)
    {
        using var end = End(Timeout);
        try
        {
            await generation.DrainRequestsAsync(end.Token);
        }
        catch (OperationCanceledException)
        {
            LogRequestsCut(generation.Request.Generation, generation.InFlight);
        }

        await listeners;
        try
        {
            await generation.DisposeAsync();
            LogGone(generation.Request.Generation);
        }
        catch (Exception failure)
        {
            LogNotGone(generation.Request.Generation, failure);
        }
    }

    private async Task StopAsync(HttpServer server)
    {
        using var end = End(limit);
        await server.StopAsync(end.Token);
        await server.DisposeAsync();
    }

    private CancellationTokenSource End(TimeSpan after)
    {
        var end = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token);
        end.CancelAfter(after);
        return end;
    }

    [LoggerMessage(EventId = 120, Level = LogLevel.Information, Message = "Generation {Generation} has ended")]
    private partial void LogGone(string generation);

    [LoggerMessage(EventId = 121, Level = LogLevel.Warning, Message = "Generation {Generation} had {Count} requests that took too long: given up")]
    private partial void LogRequestsCut(string generation, int count);

    [LoggerMessage(EventId = 122, Level = LogLevel.Warning, Message = "Listeners of generation {Generation} did not end by themselves: given up")]
    private partial void LogListenersCut(string generation, Exception failure);

    [LoggerMessage(EventId = 123, Level = LogLevel.Error, Message = "Generation {Generation} could not be cleared away")]
    private partial void LogNotGone(string generation, Exception failure);

    [LoggerMessage(EventId = 124, Level = LogLevel.Error, Message = "Listeners of generation {Generation} could not be started")]
    private partial void LogNotListening(string generation, Exception failure);
}
