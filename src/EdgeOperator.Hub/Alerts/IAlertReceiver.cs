namespace EdgeOperator.Hub.Alerts;

/// <summary>Somebody who is told of alerts.</summary>
internal interface IAlertReceiver
{
    /// <summary>Unique among the receivers.</summary>
    string Name { get; }

    /// <summary>It forgets what it is not told again within this; null when it does not.</summary>
    TimeSpan? Refresh { get; }

    /// <exception cref="AlertDeliveryException">It could not be told.</exception>
    Task SendAsync(AlertMessage message, CancellationToken cancellation);
}

/// <summary>A receiver could not be told. The message has no secrets.</summary>
internal sealed class AlertDeliveryException(string message) : Exception(message);
