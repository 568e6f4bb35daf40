namespace EdgeOperator.Platform.Publishing;

public sealed record PublishingOptions
{
    /// <summary>How long a request waits for its deployment to end; then it is answered 202, and its publisher may ask again.</summary>
    public TimeSpan WaitLimit { get; init; } = TimeSpan.FromSeconds(230);

    /// <summary>How often it looks for the result.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Bytes of a zip file.</summary>
    public long LargestZip { get; init; } = ZipPackage.LargestZip;
}
