using System.Collections.Immutable;
using EdgeOperator.Functions.App;

namespace EdgeOperator.Functions.Storage;

/// <summary>Where a queue or blob binding leads: to the host's own storage, or to a storage account.</summary>
/// <param name="Name">Of the setting, as the binding has it.</param>
/// <param name="Account">The connection string of a storage account; null for the host's own storage.</param>
internal sealed record ConnectionSetting(string Name, string? Account)
{
    private const string Default = "AzureWebJobsStorage";

    /// <summary>
    /// The binding's <c>connection</c> names a setting, AzureWebJobsStorage if it says nothing. Without a value in that
    /// one the storage is the host's own; any other setting must exist.
    /// </summary>
    /// <exception cref="FormatException">The setting is missing; the message says which.</exception>
    public static ConnectionSetting Of(Binding binding, ImmutableSortedDictionary<string, string> settings)
    {
        var name = binding.Text("connection") is { Length: > 0 } text ? text : Default;
        if (Setting(settings, name) is { } value)
            return new(name, value);
        if (settings.Keys.FirstOrDefault(key => key.StartsWith($"{name}__", StringComparison.OrdinalIgnoreCase)) is { } part)
            throw new FormatException($"The setting {part} describes a connection by an identity, which a device has none of: give {name} a connection string");
        return name.Equals(Default, StringComparison.OrdinalIgnoreCase) ? new(name, Account: null) : throw new FormatException(
            $"The binding {binding.Name} names the connection {name}, and there is no such setting. Give it a storage account's connection string, or leave connection out to use the device's own storage");
    }

    // As the cloud's host finds them.
    private static string? Setting(ImmutableSortedDictionary<string, string> settings, string name) =>
        new[] { $"AzureWebJobs{name}", name, $"ConnectionStrings:{name}", $"ConnectionStrings__{name}" }
            .Select(key => SettingNames.Find(settings, key))
            .FirstOrDefault(value => !string.IsNullOrWhiteSpace(value));
}
