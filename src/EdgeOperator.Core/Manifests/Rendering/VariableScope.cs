using System.Text.RegularExpressions;
using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Core.Manifests.Rendering;

/// <summary>The variables that a manifest may name, and their values on a device.</summary>
/// <param name="plainNames">Whether any other name stands for a <c>vars</c> entry, as IoT Edge's own manifests have it.</param>
internal sealed partial class VariableScope(RenderContext context, bool plainNames = false)
{
    /// <summary>Of which every device has a value.</summary>
    public const string DeviceName = "device.name";

    private const string LabelPrefix = "device.labels.";
    private const string VarPrefix = "vars.";

    private readonly SortedSet<string> _secrets = new(StringComparer.Ordinal);

    /// <summary>The names of the Secrets whose values were asked for.</summary>
    public IReadOnlyCollection<string> SecretsUsed => _secrets;

    /// <summary>Whether the language has such a variable at all.</summary>
    public bool Exists(string name) =>
        plainNames || IsSecret(name) || name == DeviceName || IsBelow(name, LabelPrefix) || IsBelow(name, VarPrefix);

    /// <summary>Whether the values are not known, because no device is at hand.</summary>
    public bool IsOpen => context.Device is null;

    /// <summary>Whether the name is that of a secret: <c>secrets.NAME.KEY</c>.</summary>
    public static bool IsSecret(string name) => SecretName().IsMatch(name);

    /// <summary>What stands for a secret; null when there is none of that name, or no such key in it.</summary>
    public SecretReference? SecretOf(string name)
    {
        var parts = name.Split('.', 3);
        if (context.Table?.Has(parts[1], parts[2]) != true && !(IsOpen && context.Table?.Has(parts[1]) != true))
            return null;
        _secrets.Add(parts[1]);
        return new(parts[1], parts[2], context.Table?.DigestOf(parts[1], parts[2]) ?? SecretReference.Unknown);
    }

    /// <summary>Whether it is known which Secrets there are; not for a manifest that is for other devices.</summary>
    public bool KnowsSecrets => context.Table is not null;

    /// <summary>Whether the manifests that are read hold a Secret of that name.</summary>
    public bool HasSecret(string name) => context.Table?.Has(name.Split('.', 3)[1]) == true;

    /// <summary>The secret that somebody probably meant.</summary>
    public string? ClosestSecret(string name) => context.Table?.Closest(name.Split('.', 3)[1], name.Split('.', 3)[2]) is { } close ? SecretReference.Prefix + close : null;

    /// <summary>The value on the device; null when the device has none.</summary>
    public string? this[string name] => context.Device is not { } device ? null
        : name == DeviceName ? device.Name
        : IsBelow(name, LabelPrefix) ? device.Labels.GetValueOrDefault(name[LabelPrefix.Length..])
        : IsBelow(name, VarPrefix) ? device.Vars.GetValueOrDefault(name[VarPrefix.Length..])
        : plainNames ? device.Vars.GetValueOrDefault(name)
        : null;

    /// <summary>The name that somebody probably meant.</summary>
    public string? Closest(string name)
    {
        string[] known = context.Device is { } device
            ? [DeviceName, .. device.Labels.Keys.Select(k => LabelPrefix + k), .. device.Vars.Keys.Select(k => VarPrefix + k)]
            : [DeviceName];
        return Spelling.Closest(name, known);
    }

    [GeneratedRegex(@"^secrets\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.[A-Za-z0-9._-]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex SecretName();

    private static bool IsBelow(string name, string prefix) =>
        name.Length > prefix.Length && name.StartsWith(prefix, StringComparison.Ordinal);
}
