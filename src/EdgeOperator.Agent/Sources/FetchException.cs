namespace EdgeOperator.Agent.Sources;

/// <summary>A fetch that can't succeed; becomes a <see cref="FetchResult.Failed"/> at the source's public methods.</summary>
/// <param name="reason">One CamelCase word.</param>
internal class FetchException(string reason, string message) : Exception(message)
{
    public string Reason { get; } = reason;

    public FetchResult.Failed AsResult => new(Reason, Message);
}
