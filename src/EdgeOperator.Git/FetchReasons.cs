namespace EdgeOperator.Git;

/// <summary>Why a fetch failed, in one stable word.</summary>
internal static class FetchReasons
{
    /// <summary>Nobody answers, or the answer breaks off.</summary>
    public const string Unreachable = nameof(Unreachable);

    /// <summary>One side does not accept who the other says it is.</summary>
    public const string AuthenticationFailed = nameof(AuthenticationFailed);

    /// <summary>No such repository, ref or folder.</summary>
    public const string NotFound = nameof(NotFound);

    /// <summary>No good signature by an allowed key.</summary>
    public const string Unverified = nameof(Unverified);

    /// <summary>Signed, and yet not a descendant of the commit that was verified last.</summary>
    public const string RewindRefused = nameof(RewindRefused);

    /// <summary>What is asked for, or what is there, is not acceptable.</summary>
    public const string Refused = nameof(Refused);

    /// <summary>Not done within the source's timeout.</summary>
    public const string TimedOut = nameof(TimedOut);

    /// <summary>What was received is damaged.</summary>
    public const string Corrupt = nameof(Corrupt);

    /// <summary>The git program is not there, or is too old.</summary>
    public const string GitMissing = nameof(GitMissing);

    /// <summary>The disk is full, read-only, or fails.</summary>
    public const string StorageUnavailable = nameof(StorageUnavailable);

    /// <summary>A file can't be read.</summary>
    public const string Unreadable = nameof(Unreadable);

    /// <summary>The folder is being written to.</summary>
    public const string Changing = nameof(Changing);

    /// <summary>A fault of the agent.</summary>
    public const string Unexpected = nameof(Unexpected);
}
