namespace EdgeOperator.Agent.Storage;

/// <summary>The state directory can't be written: full, read-only, failed. What it holds is as it was.</summary>
public sealed class StorageException(string message, Exception cause) : Exception(message, cause)
{
    /// <summary>The reason of the condition that reports it.</summary>
    public const string Reason = "StorageUnavailable";
}
