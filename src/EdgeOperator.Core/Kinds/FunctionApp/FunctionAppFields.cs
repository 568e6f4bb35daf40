using System.Collections.Immutable;

namespace EdgeOperator.Core.Kinds.FunctionApp;

/// <summary>A FunctionApp's spec as written; <see cref="FunctionAppDefinition"/> says what it means.</summary>
internal sealed record FunctionAppFields(
    PackageFields Package,
    int Instances,
    ImmutableSortedDictionary<string, string> Settings,
    ImmutableSortedDictionary<string, string> SettingsFiles,
    FunctionHttpFields Http,
    ImmutableArray<WindowFields> Schedule,
    bool Standby,
    string? Worker = null,
    FunctionLimits? Resources = null,
    string? User = null);

internal sealed record PackageFields(string? Path = null, string? Url = null, string? Sha256 = null, string? Published = null);

internal sealed record FunctionHttpFields(
    string Address,
    ImmutableSortedDictionary<string, string> KeyFiles,
    ImmutableArray<string> CorsOrigins,
    bool CorsCredentials,
    ImmutableArray<string> TrustedProxies,
    int Port = 0,
    string? MasterKeyFile = null);

internal sealed record WindowFields(string Start, string End, ImmutableArray<DayOfWeek>? Days = null, string? TimeZone = null);

internal sealed record FunctionLimits(long? Cpus = null, long? Memory = null);
