using System.Collections.Immutable;
using EdgeOperator.Core.Alerts;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Hub;

/// <summary>The hub's own file, checked; <see cref="HubConfigurationDefinition"/> says what each field means.</summary>
public sealed record HubConfiguration(
    string HostName,
    string DataDirectory,
    StorageConfiguration Storage,
    ListenConfiguration Listen,
    TlsConfiguration Tls,
    DeviceLimits Devices,
    ServiceLimits Service,
    TelemetryRetention Telemetry,
    EnrollmentConfiguration Enrollment,
    ArtifactLimits Artifacts,
    RepositoryAccess Repositories,
    ReplicaConfiguration Replica,
    PortalConfiguration Portal,
    AlertConfiguration Alerts,
    TelemetryConfiguration Observability);

/// <param name="Postgresql">Null for SQLite in the data directory.</param>
public sealed record StorageConfiguration(PostgresConfiguration? Postgresql = null);

/// <param name="ConnectionStringFile">A file with the whole of it; null when <paramref name="Host"/> is given.</param>
/// <param name="PasswordFile">Read anew for each connection.</param>
/// <param name="Tls"><c>verify</c>, <c>require</c> or <c>disable</c>.</param>
/// <param name="MaxConnections">Of this process.</param>
public sealed record PostgresConfiguration(
    int Port, string Database, string User, string Tls, int MaxConnections, string? ConnectionStringFile = null, string? Host = null, string? PasswordFile = null, string? CaFile = null);

/// <param name="Mqtt"><c>host:port</c>, as the others.</param>
/// <param name="Local">Metrics and health; <c>off</c> for none.</param>
public sealed record ListenConfiguration(string Mqtt, string Https, string Local);

/// <param name="Certificate">A PEM file; null for a certificate by the hub's own CA. Given together with <paramref name="Key"/>.</param>
public sealed record TlsConfiguration(ImmutableArray<string> AlternativeNames, string? Certificate = null, string? Key = null);

/// <param name="MessagesPerSecond">That one device may send on average.</param>
/// <param name="Connections">At once, of all devices.</param>
/// <param name="PendingMessages">Cloud-to-device messages that wait for one device.</param>
public sealed record DeviceLimits(int MessagesPerSecond, int Connections, int PendingMessages, TimeSpan ConnectTimeout);

/// <param name="RequestsPerSecond">Of one caller of the service API, on average.</param>
public sealed record ServiceLimits(int RequestsPerSecond);

/// <summary>How much of what devices have sent is kept: neither older nor more than this.</summary>
public sealed record TelemetryRetention(TimeSpan MaxAge, int MaxMessages);

/// <param name="CertificateValidity">Of the client certificates that the hub's CA signs.</param>
/// <param name="RenewalGrace">For how long after its end a certificate may still be renewed.</param>
/// <param name="MaxPending">Requests that wait for an operator.</param>
public sealed record EnrollmentConfiguration(TimeSpan CertificateValidity, TimeSpan RenewalGrace, int MaxPending);

/// <param name="MaxSize">Bytes of one artifact.</param>
/// <param name="KeepUnused">For how long an artifact is kept that nothing names any more.</param>
public sealed record ArtifactLimits(long MaxSize, TimeSpan KeepUnused);

/// <summary>What of this machine a Repository may name, which comes by the API.</summary>
/// <param name="Files">The folder with the files that hold credentials and keys.</param>
/// <param name="Local">Whether a repository may lie on this machine.</param>
public sealed record RepositoryAccess(string Files, bool Local);

/// <param name="Address"><c>host:port</c>, <c>auto</c> for the machine's own, or <c>off</c>.</param>
public sealed record ReplicaConfiguration(string Address);

/// <param name="Enabled">Whether the hub serves it.</param>
/// <param name="Url">Under which users reach the hub; null for its host name. The path of it stands before all that the portal links to.</param>
/// <param name="SignIn">An identity provider; null for local accounts alone.</param>
public sealed record PortalConfiguration(bool Enabled, string? Url = null, IdentityProviderConfiguration? SignIn = null);

/// <summary>An OpenID Connect provider, by which users sign in to the portal.</summary>
/// <param name="Name">On the button.</param>
/// <param name="ClientSecretFile">Null for a public client.</param>
/// <param name="CaFile">The CA of the provider's certificate; null for those that the system trusts.</param>
/// <param name="UserClaim">The claim with a user's name.</param>
/// <param name="RoleClaim">The claim with what <paramref name="Roles"/> names.</param>
public sealed record IdentityProviderConfiguration(
    string Name, string Authority, string ClientId, ImmutableArray<string> Scopes, string UserClaim, string RoleClaim, RoleMapping Roles, string? ClientSecretFile = null, string? CaFile = null);

/// <summary>Values of the claim with roles; a user has the greatest role of which one value is there, and without any can't sign in.</summary>
/// <param name="OfFleets">Roles that are limited to fleets, for those who have none over all devices.</param>
public sealed record RoleMapping(ImmutableArray<string> Viewer, ImmutableArray<string> Operator, ImmutableArray<string> Administrator, ImmutableArray<FleetRole> OfFleets);

/// <param name="Value">Of the claim.</param>
/// <param name="Role"><c>Viewer</c>, <c>Operator</c> or <c>Administrator</c>.</param>
public sealed record FleetRole(string Value, string Role, ImmutableArray<string> Fleets);
