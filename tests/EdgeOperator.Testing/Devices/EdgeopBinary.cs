
namespace EdgeOperator.Testing.Devices;

/// <summary>The executable under test: <c>EDGEOP_BIN</c>, or the one that users get, published once a run, with <c>edgeop-agent</c> and <c>edgeop-functions</c> beside it.</summary>
public static class EdgeopBinary
{
    private static readonly Lazy<Task<string>> Published = new(PublishAsync);

    public static Task<string> PathAsync() =>
        Environment.GetEnvironmentVariable("EDGEOP_BIN") is { Length: > 0 } given ? Task.FromResult(given) : Published.Value;

    public static string RepositoryRoot { get; } = FindRoot();

    private static async Task<string> PublishAsync()
    {
        var folder = Path.Combine(RepositoryRoot, "artifacts", "e2e");
        foreach (var project in (string[])["EdgeOperator.Cli", "EdgeOperator.Launcher", "EdgeOperator.Functions"])
            await Shell.RunAsync(
                "dotnet", "publish", Path.Combine(RepositoryRoot, "src", project), "-c", "Release", "-r", "linux-x64",
                "-o", folder, "-v", "quiet", "-clp:NoSummary");
        return Path.Combine(folder, "edgeop");
    }

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "EdgeOperator.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("EdgeOperator.sln is in no folder above the tests");
        return folder;
    }
}
