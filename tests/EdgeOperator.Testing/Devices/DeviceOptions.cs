namespace EdgeOperator.Testing.Devices;

/// <summary>What a test sets in <c>agent.yaml</c>; durations as they are written there.</summary>
public sealed record DeviceOptions
{
    /// <summary>Long, so that what is seen came from an event and not from polling.</summary>
    public string Interval { get; init; } = "10m";

    public string Deadline { get; init; } = "2m";

    public string StableFor { get; init; } = "1s";

    public string SourceInterval { get; init; } = "1s";

    public string SourceTimeout { get; init; } = "10s";

    public string Metrics { get; init; } = "off";

    /// <summary>The group whose members may talk to the agent; null for the agent's own.</summary>
    public string? ApiGroup { get; init; }

    /// <summary>The twin that it follows beside its other source, as a mapping; null for none.</summary>
    public string? Twin { get; init; }

    /// <summary>The port that packages of function apps are published to; null for none.</summary>
    public int? PublishingPort { get; init; }

    /// <summary>A file with the public key by which releases of the agent are verified; null for none.</summary>
    public string? AgentKey { get; init; }

    public string? StateDirectory { get; init; }

    /// <summary>The root folder of the system whose packages are managed.</summary>
    public string UpdatesRoot { get; init; } = "/nowhere";

    /// <summary>What has the system reboot, as YAML's list; null for what it is by default.</summary>
    public string? RebootCommand { get; init; }

    /// <summary>An OpenSSH allowed-signers file; null accepts commits that nobody signed.</summary>
    public string? AllowedSigners { get; init; }
}
