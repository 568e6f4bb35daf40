namespace EdgeOperator.Functions.Invoking;

/// <summary>Makes a function run on its own account: at a time, or for a message.</summary>
public interface IListener : IAsyncDisposable
{
    void Start();

    /// <summary>Begins nothing more and waits for what runs; then another generation may listen.</summary>
    Task DrainAsync(CancellationToken cancellation);
}
