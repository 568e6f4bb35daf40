using EdgeOperator.Testing.Devices;

namespace EdgeOperator.Testing;

/// <summary>
/// A small Debian system of a test's own: a root folder with this machine's apt and dpkg, into which nothing is installed but what the test
/// installs. Takes root, for <c>chroot</c>.
/// </summary>
public sealed class PackageSystem : IAsyncDisposable
{
    private static readonly Lazy<Task<string>> Template = new(MakeAsync);

    private readonly TempFolder _folder = new("eopkg");
    private TinyDisk? _disk;

    private PackageSystem()
    {
    }

    public string Root => Path.Combine(_folder, "root");

    /// <param name="repository">What its apt fetches from.</param>
    /// <param name="kibibytes">The size of a disk of its own, in memory; null to lie on the machine's.</param>
    public static async Task<PackageSystem> CreateAsync(PackageRepository repository, int? kibibytes = null)
    {
        var system = new PackageSystem();
        Directory.CreateDirectory(system.Root);
        if (kibibytes is { } size)
            system._disk = await TinyDisk.MountAsync(size, system.Root);
        await Shell.RunAsync("cp", "-a", $"{await Template.Value}/.", system.Root);
        system.Use(repository);
        return system;
    }

    /// <summary>Has apt fetch from a repository, with its key.</summary>
    public void Use(PackageRepository repository)
    {
        File.WriteAllBytes(At("/etc/apt/test.gpg"), repository.PublicKey);
        File.WriteAllText(At("/etc/apt/sources.list"), $"deb [signed-by=/etc/apt/test.gpg] {repository.Url} ./\n");
    }

    /// <summary>A path of the system as tests see it.</summary>
    public string At(string path) => Root + path;

    /// <summary>Runs a program in the system.</summary>
    /// <inheritdoc cref="Shell.RunAsync"/>
    public Task<string> RunAsync(string program, params string[] arguments) =>
        Shell.RunAsync("chroot", [Root, "/usr/bin/env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", "DEBIAN_FRONTEND=noninteractive", program, .. arguments]);

    /// <summary>Installs packages in the given versions, as a person would: <c>app=1.0</c>.</summary>
    public async Task InstallAsync(params string[] packages)
    {
        await RunAsync("apt-get", "-q", "update", "--error-on=any");
        await RunAsync("apt-get", ["-q", "-y", "--allow-downgrades", "install", .. packages]);
    }

    /// <summary>All packages, by name: <c>app 1.0 ii, lib 1.0 ii</c>.</summary>
    public async Task<string> PackagesAsync()
    {
        // Without any package dpkg-query fails.
        var lines = await RunAsync("sh", "-c", "dpkg-query -W -f '${Package} ${Version} ${db:Status-Abbrev}\\n' 2>/dev/null || true");
        return string.Join(", ", lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Trim()).Order(StringComparer.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        if (_disk is not null)
            await _disk.DisposeAsync();
        _folder.Dispose();
    }

    private static async Task<string> MakeAsync()
    {
        var folder = new TempFolder("eopkgs");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Dispose();
        var root = Path.Combine(folder, "root");
        await Shell.RunAsync(Path.Combine(EdgeopBinary.RepositoryRoot, "tests", "package-system.sh"), root);
        return root;
    }
}
