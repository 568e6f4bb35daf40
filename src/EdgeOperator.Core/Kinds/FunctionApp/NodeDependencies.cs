using System.Collections.Immutable;
using System.Text.Json;

namespace EdgeOperator.Core.Kinds.FunctionApp;

/// <summary>What a Node app's package.json says of its dependencies.</summary>
public static class NodeDependencies
{
    /// <summary>What says which versions to install, in npm's order.</summary>
    public static ImmutableArray<string> LockFiles { get; } = ["npm-shrinkwrap.json", "package-lock.json"];

    /// <summary>Whether a package.json names dependencies; false as well when it can't be read, which the app itself will report.</summary>
    public static bool AreNamed(ReadOnlySpan<byte> packageJson)
    {
        try
        {
            var reader = new Utf8JsonReader(packageJson);
            using var package = JsonDocument.ParseValue(ref reader);
            return package.RootElement.ValueKind == JsonValueKind.Object
                && package.RootElement.TryGetProperty("dependencies", out var dependencies)
                && dependencies.ValueKind == JsonValueKind.Object
                && dependencies.EnumerateObject().Any();
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
