using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using EdgeOperator.Functions.App;

namespace EdgeOperator.Functions.Loading;

/// <summary>Reads and checks the bindings of a function.</summary>
internal static partial class BindingReader
{
    /// <exception cref="AppException">A binding is wrong.</exception>
    public static Binding Read(JsonObject binding, string file)
    {
        var section = new Section(binding, file, "bindings");
        var type = section.Text("type");
        var name = section.Text("name");
        if (string.IsNullOrWhiteSpace(type))
        {
            throw new AppException($"{file}: a binding has no type");
        }

        if (name is null || (name != Binding.Return && !NamePattern().IsMatch(name)))
        {
            throw new AppException($"{file}: \"{name}\" is no name for a binding; letters and digits are, and $return for what the function returns");
        }

        return new(name, type, section.Choice<BindingDirection>("direction") ?? BindingDirection.In, binding);
    }

    /// <summary>What a function needs to be run, whoever described it; with <c>%SETTING%</c> replaced.</summary>
    /// <exception cref="FormatException">It can't be run; the message says why.</exception>
    public static ImmutableArray<Binding> Check(ImmutableArray<Binding> bindings, ImmutableSortedDictionary<string, string> settings)
    {
        if (bindings.IsEmpty)
        {
            throw new FormatException("At least one binding must be declared");
        }

        var triggers = bindings.Count(b => b.IsTrigger);
        if (triggers != 1)
        {
            throw new FormatException(triggers == 0 ? "No binding is a trigger: nothing would run the function" : "More than one binding is a trigger");
        }

        if (bindings.GroupBy(b => b.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new FormatException($"More than one binding is named {twice.Key}");
        }

        if (bindings.FirstOrDefault(b => !BindingSupport.Has(b)) is { } unsupported)
        {
            throw new FormatException(BindingSupport.Refusal(unsupported));
        }

        var resolved = bindings.Select(b => b with { Properties = (JsonObject)SettingNames.Resolve(b.Properties, settings)! }).ToImmutableArray();
        foreach (var binding in resolved)
        {
            StorageBindings.Check(binding, settings);
        }

        ExpressionNames.Check(resolved);

        return resolved;
    }

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_-]{0,127}$")]
    private static partial Regex NamePattern();
}
