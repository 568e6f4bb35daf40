using System.Text;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Nodes;

namespace EdgeOperator.Core.Kinds.ConfigFile;

/// <summary>Finds paths that no device could have a ConfigFile at. What a device's own configuration adds to them, its agent refuses.</summary>
internal static class FilePathCheck
{
    /// <summary>Bytes in a name, as Linux's file systems take them.</summary>
    private const int MaxName = 255;

    /// <summary>Bytes in a path, without the zero at its end.</summary>
    private const int MaxPath = 4095;

    private static readonly string[] Own =
    [
        StandardPaths.Configuration, StandardPaths.State, StandardPaths.State + "-apps", "/run/edgeoperator",
        "/etc/systemd/system/edgeop.service", "/etc/systemd/system/edgeop.service.d", "/usr/local/lib/systemd/system/edgeop.service",
    ];

    public static void Run(ScalarNode path, ProblemCollector problems)
    {
        if (path.Kind == ScalarKind.Placeholder)
            return;
        if (Own.FirstOrDefault(own => path.Text == own || path.Text.StartsWith(own + "/", StringComparison.Ordinal)) is { } own)
            problems.Add(path.Where, $"{Quote.Short(path.Text)} is the agent's own ({own})", "change that on the device itself, or choose another path");
        else if (Encoding.UTF8.GetByteCount(path.Text) > MaxPath)
            problems.Add(path.Where, $"the path has more than {MaxPath} bytes", "choose a shorter one");
        else if (path.Text.Split('/').FirstOrDefault(name => Encoding.UTF8.GetByteCount(name) > MaxName) is { } name)
            problems.Add(path.Where, $"the name {Quote.Short(name)} in the path has more than {MaxName} bytes", "choose a shorter one");
    }
}
