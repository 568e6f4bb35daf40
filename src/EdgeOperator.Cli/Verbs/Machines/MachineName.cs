using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Cli.Verbs.Machines;

/// <summary>Machines as people write them.</summary>
internal static class MachineName
{
    private const string Prefix = Kinds.VirtualMachine + "/";

    /// <summary>A machine's name, which may have its kind before it.</summary>
    public static string Of(string text) => text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? text[Prefix.Length..] : text;
}
