using Azure.Storage.Queues.Models;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace IsolatedApp;

public sealed record Order(string Id, int Amount);

/// <summary>Functions that queues and timers trigger.</summary>
public sealed class OtherFunctions(ILogger<OtherFunctions> logger)
{
    [Function("work")]
    [QueueOutput("done")]
    public string Work([QueueTrigger("work")] Order order, int dequeueCount) =>
        order.Amount < 0 ? throw new InvalidOperationException("thrown on purpose") : $"did {order.Id} at try {dequeueCount}";

    [Function("poison")]
    public void Poison([QueueTrigger("work-poison")] string message) => logger.LogInformation("poison {Message}", message);

    [Function("message")]
    public void Message([QueueTrigger("messages")] QueueMessage message) =>
        logger.LogInformation("message {Id} at try {Count}: {Text}", message.MessageId.Length > 0, message.DequeueCount, message.MessageText);

    [Function("hang")]
    public Task HangAsync([QueueTrigger("hangs")] string message, CancellationToken cancellation) => Waiting.UntilCancelledAsync("hang", logger, cancellation);

    [Function("tick")]
    [QueueOutput("ticks")]
    public string Tick([TimerTrigger("0 0 3 * * *", RunOnStartup = true)] TimerInfo timer) => $"tick {timer.IsPastDue}";
}
