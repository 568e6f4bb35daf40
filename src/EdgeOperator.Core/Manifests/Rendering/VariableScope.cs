using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Core.Manifests.Rendering;

/// <summary>The variables that a manifest may name, and their values on a device.</summary>
/// <param name="plainNames">Whether any other name stands for a <c>vars</c> entry, as IoT Edge's own manifests have it.</param>
internal sealed class VariableScope(RenderContext context, bool plainNames = false)
{
    /// <summary>Of which every device has a value.</summary>
    public const string DeviceName = "device.name";

    private const string LabelPrefix = "device.labels.";
    private const string VarPrefix = "vars.";

    /// <summary>Whether the language has such a variable at all.</summary>
    public bool Exists(string name) =>
        plainNames || name == DeviceName || IsBelow(name, LabelPrefix) || IsBelow(name, VarPrefix);

    /// <summary>Whether the values are not known, because no device is at hand.</summary>
    public bool IsOpen => context.Device is null;

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

    private static bool IsBelow(string name, string prefix) =>
        name.Length > prefix.Length && name.StartsWith(prefix, StringComparison.Ordinal);
}
