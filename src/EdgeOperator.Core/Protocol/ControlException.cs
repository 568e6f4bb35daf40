namespace EdgeOperator.Core.Protocol;

/// <summary>A request of an operator that can't be met; the message says what to do.</summary>
/// <param name="reason">One CamelCase word: <see cref="NotFound"/> becomes HTTP's 404, any other 409.</param>
public sealed class ControlException(string reason, string message) : Exception(message)
{
    public const string NotFound = nameof(NotFound);

    public string Reason { get; } = reason;
}
