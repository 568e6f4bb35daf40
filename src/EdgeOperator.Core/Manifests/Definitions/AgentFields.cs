using System.Collections.Immutable;

namespace EdgeOperator.Core.Manifests.Definitions;

/// <summary>AgentConfiguration's spec as written; <see cref="AgentConfigurationDefinition"/> says what it means.</summary>
internal sealed record AgentFields(
    DeviceIdentity Device,
    ImmutableArray<SourceFields> Sources,
    EngineConfiguration Engine,
    ImagesFields Images,
    string StateDirectory,
    ApiConfiguration Api,
    ReconcileConfiguration Reconcile,
    FilesConfiguration Files,
    FunctionsConfiguration Functions,
    MachinesConfiguration VirtualMachines,
    UpdatesConfiguration Updates,
    SecretsConfiguration Secrets,
    RemoteConfiguration Remote,
    TelemetryConfiguration Telemetry);

internal sealed record ImagesFields(ImmutableArray<ImageRuleFields> Verify);

internal sealed record ImageRuleFields(string Match, ImmutableArray<string>? Keys = null, string? Mode = null);

internal sealed record SourceFields(string? Name = null, GitFields? Git = null, DirectoryFields? Directory = null, TwinFields? Twin = null);

internal sealed record TwinFields(
    int Port, int HttpsPort, TimeSpan Interval, TimeSpan Timeout, TwinAuthFields Auth, string? Hub = null, string? DeviceId = null, string? CaFile = null);

internal sealed record TwinAuthFields(string? KeyFile = null, string? CertificateFile = null, string? PrivateKeyFile = null, ProvisioningFields? Dps = null);

internal sealed record ProvisioningFields(
    string Endpoint, string IdScope, string? RegistrationId = null, string? SymmetricKeyFile = null, string? CertificateFile = null, string? KeyFile = null);

internal sealed record DirectoryFields(string Path, TimeSpan Interval, TimeSpan Timeout);

internal sealed record GitFields(
    string Url,
    RefFields Ref,
    TimeSpan Interval,
    TimeSpan Timeout,
    VerifyFields Verify,
    long MaxFileSize,
    long MaxRepositorySize,
    AuthFields Auth,
    string Path = "",
    string? Proxy = null);

internal sealed record RefFields(string? Branch = null, string? Tag = null, string? Semver = null, string? Commit = null);

internal sealed record AuthFields(
    string TokenUser,
    string? SshKeyFile = null,
    string? KnownHostsFile = null,
    string? TokenFile = null,
    string? CaFile = null);

internal sealed record VerifyFields(string Mode, TagVerification Tags, bool AllowRewind, KeyFields? Keys = null);

internal sealed record KeyFields(string? AllowedSigners = null, string? GpgKeyring = null);
