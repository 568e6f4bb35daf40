using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace EdgeOperator.Functions.App;

/// <summary>One function of an app, from its <c>function.json</c> or as its worker announced it.</summary>
/// <param name="Name">As <c>^[A-Za-z][A-Za-z0-9_-]{0,127}$</c>; compared without regard to case.</param>
public sealed record FunctionDefinition(string Name, ImmutableArray<Binding> Bindings)
{
    /// <summary>The function's own folder; the app's folder where it has none.</summary>
    public required string Folder { get; init; }

    /// <summary>Absolute; null for custom handlers.</summary>
    public string? ScriptFile { get; init; }

    public string? EntryPoint { get; init; }

    /// <summary>By <c>disabled</c> in function.json or the setting <c>AzureWebJobs.NAME.Disabled</c>.</summary>
    public bool Disabled { get; init; }

    public RetryPolicy? Retry { get; init; }

    public Binding Trigger => Bindings.First(b => b.IsTrigger);

    public bool IsHttp => Trigger.Type.Equals("httpTrigger", StringComparison.OrdinalIgnoreCase);
}

public enum BindingDirection
{
    In,
    Out,
    InOut,
}

/// <param name="Name"><c>$return</c> for the function's return value.</param>
/// <param name="Type">Such as <c>httpTrigger</c>; compared without regard to case.</param>
/// <param name="Properties">Everything that the binding says, as written; <c>%SETTING%</c> is replaced already.</param>
public sealed record Binding(string Name, string Type, BindingDirection Direction, JsonObject Properties)
{
    public const string Return = "$return";

    public bool IsTrigger => Type.EndsWith("Trigger", StringComparison.OrdinalIgnoreCase);

    /// <summary>The worker makes the value itself of what describes it, such as a client of Azure's SDK.</summary>
    public bool IsDeferred =>
        Properties["properties"] is JsonObject properties && bool.TryParse(properties["supportsDeferredBinding"]?.ToString(), out var isDeferred) && isDeferred;

    /// <summary>A property's text, found without regard to case; null when it is missing or null.</summary>
    public string? Text(string property) =>
        Properties.FirstOrDefault(p => p.Key.Equals(property, StringComparison.OrdinalIgnoreCase)).Value switch
        {
            JsonValue value => value.ToString(),
            _ => null,
        };
}

/// <param name="MaximumRetries">Below 0: for ever.</param>
/// <param name="MinimumInterval">The delay of a fixed policy.</param>
/// <param name="MaximumInterval">Null for a fixed delay.</param>
public sealed record RetryPolicy(int MaximumRetries, TimeSpan MinimumInterval, TimeSpan? MaximumInterval);
