using EdgeOperator.Testing;

namespace EdgeOperator.Functions.Tests.Node;

/// <summary>The packages of the test apps.</summary>
internal static class NodePackages
{
    private static readonly Lazy<Task<string>> Folder = new(() => NpmPackages.InstallAsync(Path.Combine(Apps, "node-packages")));

    public static string Apps => Path.Combine(AppContext.BaseDirectory, "Apps");

    /// <summary>A <c>node_modules</c> folder.</summary>
    public static async Task<string> ModulesAsync() => Path.Combine(await Folder.Value, "node_modules");
}
