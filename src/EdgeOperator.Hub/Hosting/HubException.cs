namespace EdgeOperator.Hub.Hosting;

/// <summary>The hub can't start; the message says what is wrong, where, and what to do.</summary>
/// <param name="isInput">What was given is wrong, rather than the machine.</param>
internal sealed class HubException(string message, bool isInput) : Exception(message)
{
    public bool IsInput { get; } = isInput;
}
