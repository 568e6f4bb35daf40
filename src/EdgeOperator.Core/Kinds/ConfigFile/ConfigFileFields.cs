using System.Collections.Immutable;

namespace EdgeOperator.Core.Kinds.ConfigFile;

/// <summary>A ConfigFile's spec as written; <see cref="ConfigFileDefinition"/> says what it means.</summary>
internal sealed record ConfigFileFields(
    string Path,
    int Mode,
    string? Content = null,
    string? Source = null,
    string? Owner = null,
    ConfigFileAction? OnChange = null);

internal sealed record ConfigFileAction(
    string? ReloadUnit = null,
    string? RestartUnit = null,
    string? RestartModule = null,
    ImmutableArray<string>? Run = null);
