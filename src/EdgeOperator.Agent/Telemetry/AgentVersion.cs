using System.Reflection;

namespace EdgeOperator.Agent.Telemetry;

/// <summary>The version of this build, from the project file and the source control.</summary>
public static class AgentVersion
{
    private static readonly string[] Parts =
        (typeof(AgentVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0").Split('+', 2);

    /// <summary>Such as <c>0.1.0</c>.</summary>
    public static string Number => Parts[0];

    /// <summary>The folder in which versions lie beside each other, when a program is one of them (<c>versions/VERSION/edgeop</c>); null otherwise.</summary>
    public static string? InstallationOf(string? program) =>
        Path.GetDirectoryName(Path.GetDirectoryName(program)) is { } versions && Path.GetFileName(versions) == "versions" ? Path.GetDirectoryName(versions) : null;

    /// <summary>The commit that was built, or <c>unknown</c>.</summary>
    public static string Commit => Parts.Length > 1 ? Parts[1] : "unknown";
}
