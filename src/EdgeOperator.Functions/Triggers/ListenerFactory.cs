using System.Collections.Immutable;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Blobs;
using EdgeOperator.Functions.Invoking;
using EdgeOperator.Functions.Queues;
using EdgeOperator.Functions.Timers;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Functions.Triggers;

/// <summary>
/// Makes the listeners of an app's functions. One for all generations of a host: what it remembers of timers lets the
/// next generation go on where the last one ended. Drain the listeners of one before those of the next are started.
/// </summary>
public sealed class ListenerFactory(
    TimerRecords timers, QueueStores queues, BlobStores blobs, BlobReceipts receipts, TimeProvider time, ILoggerFactory loggers)
{
    /// <summary>Starts none of them. HTTP functions and disabled ones have none.</summary>
    /// <param name="functions">Of the app, also where its worker announced them.</param>
    public (ImmutableArray<IListener> Listeners, ImmutableArray<FunctionProblem> Problems) Create(
        FunctionApp app, IEnumerable<FunctionDefinition> functions, IInvoker invoker)
    {
        var listeners = ImmutableArray.CreateBuilder<IListener>();
        var problems = ImmutableArray.CreateBuilder<FunctionProblem>();
        foreach (var function in functions.Where(f => !f.Disabled && !f.IsHttp))
        {
            try
            {
                listeners.Add(Listener(app, function, invoker));
            }
            catch (FormatException e)
            {
                problems.Add(new(function.Name, e.Message));
            }
        }

        return (listeners.ToImmutable(), problems.ToImmutable());
    }

    private IListener Listener(FunctionApp app, FunctionDefinition function, IInvoker invoker) =>
        function.Trigger.Type.ToUpperInvariant() switch
        {
            "TIMERTRIGGER" => new TimerListener(
                function, TimerSettings.Of(function.Trigger, app.Settings, time), timers, invoker, time, loggers.CreateLogger<TimerListener>()),
            "QUEUETRIGGER" => new QueueListener(
                function, Queue(app, function.Trigger), app.Host.Queues, invoker, time, loggers.CreateLogger<QueueListener>()),
            "BLOBTRIGGER" => new BlobListener(
                function, Blobs(app, function.Trigger), app.Host.Blobs, receipts, queues.Open(app, function.Trigger, BlobListener.PoisonQueue), invoker, time,
                loggers.CreateLogger<BlobListener>()),
            _ => throw new FormatException($"{function.Trigger.Type} is not supported on the device"),
        };

    private BlobSource Blobs(FunctionApp app, Binding trigger) => new(
        blobs.Open(app, trigger),
        BlobPattern.Parse(BlobPath.TextOf(trigger) ?? throw new FormatException($"The blobTrigger {trigger.Name} has no path")),
        path => BlobStores.Reference(app, trigger, path));

    private IQueue Queue(FunctionApp app, Binding trigger) => queues.Open(
        app, trigger, trigger.Text("queueName") ?? throw new FormatException($"The queueTrigger {trigger.Name} has no queueName"));
}
