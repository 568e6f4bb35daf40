using System.ComponentModel;
using EdgeOperator.Core.Kinds.FunctionApp;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Kinds.FunctionApp.Packages;

/// <summary>
/// Installs a Python app's requirements into the folder where the cloud's build puts them, where they are not in the package. Only
/// wheels are installed, so nothing that a package brings is run.
/// </summary>
internal static class PipInstall
{
    /// <summary>Bytes of a requirements file.</summary>
    private const int MaxFile = 1024 * 1024;

    /// <summary>The folder of an app that has its wheels; with one, no index is asked.</summary>
    private const string Wheels = "wheels";

    private static readonly string Packages = Path.Combine(".python_packages", "lib", "site-packages");

    /// <param name="cache">A folder for what pip has fetched before.</param>
    /// <returns>What was done, as a message; null when there is nothing to install.</returns>
    /// <exception cref="PackageException">They can't be installed.</exception>
    public static async Task<string?> RunAsync(string app, string cache, CancellationToken cancellation)
    {
        if (!IsPython(app) || Directory.Exists(Path.Combine(app, ".python_packages")) || !AreNamed(app))
            return null;
        try
        {
            var (exitCode, errors, output) = await InstallProgram.RunAsync(
                "python3",
                Arguments(app),
                app,
                new Dictionary<string, string> { ["PIP_CACHE_DIR"] = cache, ["PIP_ROOT_USER_ACTION"] = "ignore", ["HOME"] = cache, ["LANG"] = "C.UTF-8" },
                IsPassedOn,
                ("PipFailed", "pip install"),
                cancellation);
            return exitCode == 0 ? "its requirements with pip" : throw Failed(exitCode, errors, output);
        }
        catch (Win32Exception e)
        {
            throw new PackageException("PythonMissing", "the app's requirements must be installed, and python3 was not found on this device: install Python with pip, or put .python_packages into the package", e);
        }
    }

    // By the host's rules; a custom handler installs its requirements itself.
    private static bool IsPython(string app) =>
        !File.Exists(Path.Combine(app, "package.json"))
        && !File.Exists(Path.Combine(app, "worker.config.json"))
        && (File.Exists(Path.Combine(app, "function_app.py"))
            || Directory.EnumerateDirectories(app).Any(function => File.Exists(Path.Combine(function, "function.json")) && Directory.EnumerateFiles(function, "*.py").Any()));

    /// <exception cref="PackageException">They are not such that a device installs them.</exception>
    private static bool AreNamed(string app)
    {
        var areNamed = false;
        var (read, files) = (new HashSet<string>(), new Queue<string>([PythonRequirements.FileName]));
        while (files.TryDequeue(out var file))
        {
            var path = Path.GetFullPath(file, app);
            if (!read.Add(path) || (read.Count == 1 && !File.Exists(path)))
                continue;
            if (!path.StartsWith(app + Path.DirectorySeparatorChar, StringComparison.Ordinal) || new FileInfo(path) is not { Exists: true, Length: <= MaxFile, LinkTarget: null })
                throw new PackageException("RequirementsInvalid", $"the requirements name the file {file}, which is not in the package, or larger than {MaxFile / 1024 / 1024} MiB: add it to the package");
            var requirements = PythonRequirements.Read(file, ReferencedFile.ReadText(path, MaxFile));
            if (requirements.Problem is { } problem)
                throw new PackageException("RequirementsInvalid", problem);
            areNamed |= requirements.AreNamed;
            foreach (var included in requirements.Included)
                files.Enqueue(Path.Combine(Path.GetDirectoryName(file) ?? "", included));
        }

        return areNamed;
    }

    // Isolated (-I): otherwise a module of the app's own, such as pip.py, would be run in place of Python's.
    private static IEnumerable<string> Arguments(string app) =>
    [
        "-I", "-m", "pip", "install", "--target", Packages, "--only-binary", ":all:", "--no-input", "--disable-pip-version-check", "--quiet", "-r", PythonRequirements.FileName,
        .. Directory.Exists(Path.Combine(app, Wheels)) && Directory.EnumerateFiles(Path.Combine(app, Wheels), "*.whl").Any() ? ["--no-index", "--find-links", Wheels] : Array.Empty<string>(),
    ];

    // Where to find Python, and how pip reaches its index from here.
    private static bool IsPassedOn(string name) =>
        name is "PATH" or "HOME" or "SSL_CERT_FILE" or "SSL_CERT_DIR" or "REQUESTS_CA_BUNDLE"
        || (name.StartsWith("PIP_", StringComparison.Ordinal) && name is not "PIP_CACHE_DIR")
        || name.EndsWith("_proxy", StringComparison.OrdinalIgnoreCase);

    private static PackageException Failed(int exitCode, string errors, string output) => errors.Contains("No module named pip", StringComparison.Ordinal)
        ? new("PipMissing", "the app's requirements must be installed, and Python has no pip on this device: install it (Debian: python3-pip), or put .python_packages into the package")
        : new("PipFailed", $"pip install ended with code {exitCode}: {InstallProgram.Shorten(errors + output)}");
}
