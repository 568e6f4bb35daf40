namespace EdgeOperator.Hub.Storage;

/// <summary>The database can't be used now: locked, full, unreachable. What was asked for has not been written.</summary>
internal sealed class StoreException(string message, Exception? inner = null) : Exception(message, inner);
