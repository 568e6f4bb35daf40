namespace EdgeOperator.Git;

/// <summary>A fetch that can't succeed; a value at the public methods of what fetches.</summary>
/// <param name="reason">One CamelCase word.</param>
internal class FetchException(string reason, string message) : Exception(message)
{
    public string Reason { get; } = reason;
}
