using System.Collections.Immutable;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Alerts;

/// <summary>What somebody is to be told of, and how.</summary>
/// <param name="ResolveAfter">How long nothing must be wrong until an alert is over.</param>
/// <param name="Repeat">An alert that lasts is told again after so long.</param>
public sealed record AlertConfiguration(
    ImmutableArray<AlertRule> Rules, TimeSpan ResolveAfter, TimeSpan Repeat, ImmutableArray<WebhookConfiguration> Webhooks, ImmutableArray<AlertmanagerConfiguration> Alertmanagers, MailConfiguration? Email = null);

/// <summary>What is wrong with devices, or with rollouts. Exactly one of the fields from <paramref name="Condition"/> on is given.</summary>
/// <param name="For">How long it has to be so.</param>
/// <param name="GroupBy">Labels by whose values devices make an alert of their own; empty for one alert.</param>
/// <param name="Selector">The devices; null for all.</param>
/// <param name="Offline">Devices with an agent that are not connected.</param>
/// <param name="Rollout">States and reasons of rollouts.</param>
/// <param name="DiskAbove">Of the fullest disk, in percent, as <paramref name="MemoryAbove"/>.</param>
public sealed record AlertRule(
    string Name, TimeSpan For, string Severity, ImmutableArray<string> GroupBy, DeviceSelector? Selector = null,
    ConditionMatch? Condition = null, bool? Offline = null, ImmutableArray<string>? Rollout = null, TimeSpan? CertificateEndsWithin = null, int? DiskAbove = null, int? MemoryAbove = null);

/// <summary>A condition that devices report.</summary>
public sealed record ConditionMatch(string Type, string Status);

/// <param name="SecretFile">Signs what is sent; null for unsigned.</param>
/// <param name="CaFile">The CA of the receiver's certificate; null for those that the system trusts.</param>
public sealed record WebhookConfiguration(string Name, string Url, string? SecretFile = null, string? CaFile = null);

/// <param name="TokenFile">Sent as a bearer token; null for none.</param>
/// <inheritdoc cref="WebhookConfiguration"/>
public sealed record AlertmanagerConfiguration(string Name, string Url, string? TokenFile = null, string? CaFile = null);

/// <param name="Tls"><c>starttls</c>, <c>tls</c> or <c>off</c>.</param>
/// <param name="User">Null to log in as nobody.</param>
public sealed record MailConfiguration(string Host, int Port, string Tls, string From, ImmutableArray<string> To, string? User = null, string? PasswordFile = null, string? CaFile = null);
