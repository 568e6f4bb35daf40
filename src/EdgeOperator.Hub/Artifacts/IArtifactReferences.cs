namespace EdgeOperator.Hub.Artifacts;

/// <summary>Somebody who needs artifacts: as long as one names an artifact, it is kept.</summary>
internal interface IArtifactReferences
{
    /// <summary>SHA-256 in lower-case hex, of each artifact; some may come more than once.</summary>
    IAsyncEnumerable<string> ReadAsync(CancellationToken cancellation);
}
