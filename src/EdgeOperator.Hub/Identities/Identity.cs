namespace EdgeOperator.Hub.Identities;

/// <summary>A device, or a module of a device.</summary>
/// <param name="ModuleId">Empty for the device itself.</param>
internal readonly record struct IdentityKey(string DeviceId, string ModuleId = "")
{
    public bool IsModule => ModuleId.Length > 0;

    public IdentityKey Device => new(DeviceId);

    /// <summary>Reads what <see cref="ToString"/> has written; names have no slash.</summary>
    public static IdentityKey Parse(string text) => text.Split('/', 2) is [var device, var module] ? new(device, module) : new(text);

    public override string ToString() => IsModule ? $"{DeviceId}/{ModuleId}" : DeviceId;
}

internal enum AuthenticationType
{
    /// <summary>Shared access signatures.</summary>
    Sas,

    /// <summary>A client certificate by its thumbprint.</summary>
    SelfSigned,

    /// <summary>A client certificate by the hub's CA, whose common name is the device's.</summary>
    CertificateAuthority,

    /// <summary>Not by itself.</summary>
    None,
}

/// <summary>Who may connect as a device or module, and how it proves that it is the one.</summary>
internal sealed record Identity(IdentityKey Key, string GenerationId, string ETag)
{
    public bool IsEnabled { get; init; } = true;

    public string? StatusReason { get; init; }

    public DateTimeOffset? StatusUpdated { get; init; }

    public AuthenticationType Authentication { get; init; }

    /// <summary>Null unless authentication is <see cref="AuthenticationType.Sas"/>.</summary>
    public byte[]? PrimaryKey { get; init; }

    /// <inheritdoc cref="PrimaryKey"/>
    public byte[]? SecondaryKey { get; init; }

    /// <summary>SHA-1 or SHA-256 of a certificate in upper-case hexadecimal digits.</summary>
    public string? PrimaryThumbprint { get; init; }

    /// <inheritdoc cref="PrimaryThumbprint"/>
    public string? SecondaryThumbprint { get; init; }

    public bool IsEdge { get; init; }

    public string? ManagedBy { get; init; }
}

/// <summary>Whether somebody is connected, and when it was last active.</summary>
internal sealed record Presence(bool IsConnected, DateTimeOffset? Changed, DateTimeOffset? LastActivity)
{
    public static Presence Never { get; } = new(false, null, null);
}
