using Azure;

namespace EdgeOperator.Functions.Storage;

/// <summary>Calls of Azure's SDKs for storage accounts.</summary>
internal static class StorageCalls
{
    /// <param name="what">Such as <c>the table people</c>, for messages.</param>
    /// <exception cref="IOException">The call failed. Its message is our own: the SDK's quotes requests with all of their headers.</exception>
    public static async Task<T> CallAsync<T>(string account, string what, Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (RequestFailedException e) when (e.Status != 0)
        {
            throw new IOException($"The storage account {account} answered {e.Status} ({e.ErrorCode ?? "no code"}) for {what}");
        }
        catch (Exception e) when (e is RequestFailedException or AggregateException)
        {
            throw new IOException($"The storage account {account} can't be reached: {e.GetBaseException().Message}");
        }
    }
}
