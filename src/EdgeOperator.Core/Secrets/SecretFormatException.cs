namespace EdgeOperator.Core.Secrets;

public enum SecretFailure
{
    /// <summary>The bytes are not in the format.</summary>
    Malformed,

    /// <summary>None of the identities is among the recipients.</summary>
    NoIdentity,

    /// <summary>The bytes are in the format, but were changed, or belong elsewhere.</summary>
    Damaged,
}

/// <summary>An encrypted file can't be opened. The message never quotes what was decrypted, nor a key.</summary>
public sealed class SecretFormatException(SecretFailure failure, string message) : Exception(message)
{
    public SecretFailure Failure { get; } = failure;
}
