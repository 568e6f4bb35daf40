using System.Collections.Immutable;
using System.Text.RegularExpressions;
using EdgeOperator.Functions.App;

namespace EdgeOperator.Functions.Loading;

/// <summary>What holds for a function whether a function.json or a worker describes it.</summary>
internal static partial class FunctionRules
{
    /// <exception cref="FormatException">It can't be run; the message says why.</exception>
    public static FunctionDefinition Apply(FunctionDefinition function, HostSettings host, ImmutableSortedDictionary<string, string> settings)
    {
        if (!NamePattern().IsMatch(function.Name) || function.Name.Equals("host", StringComparison.OrdinalIgnoreCase))
        {
            throw new FormatException($"\"{function.Name}\" is no name for a function: a letter, then up to 127 letters, digits, - and _; and not host");
        }

        return function with
        {
            Bindings = BindingReader.Check(function.Bindings, settings),
            Disabled = function.Disabled || IsDisabled(function.Name, settings),
            Retry = function.Retry ?? host.Retry,
        };
    }

    /// <summary>Whether host.json lets the function run; one that it leaves out does not exist.</summary>
    public static bool IsListed(string name, HostSettings host) =>
        host.Functions is not { } listed || listed.Contains(name, StringComparer.OrdinalIgnoreCase);

    private static bool IsDisabled(string name, ImmutableSortedDictionary<string, string> settings) =>
        IsOn(SettingNames.Find(settings, $"AzureWebJobs.{name}.Disabled")) || IsOn(SettingNames.Find(settings, $"AzureWebJobs_{name}_Disabled"));

    internal static bool IsOn(string? value) => value is "1" || (bool.TryParse(value, out var on) && on);

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_-]{0,127}$")]
    private static partial Regex NamePattern();
}
