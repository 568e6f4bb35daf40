using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace EdgeOperator.Testing;

/// <summary>A signed apt repository of a test's own, served over HTTP on loopback.</summary>
public sealed class PackageRepository : IAsyncDisposable
{
    private readonly TempFolder _folder = new("eorepo");
    private readonly HttpListener _listener;
    private readonly List<string> _keys = [];
    private readonly Task _serving;
    private readonly string _label;

    private PackageRepository(string label)
    {
        _label = label;
        (_listener, Url) = Listen();
        _serving = ServeAsync();
        Directory.CreateDirectory(Files);
    }

    public string Url { get; }

    /// <summary>What clients must trust.</summary>
    public byte[] PublicKey { get; private set; } = [];

    /// <summary>Whether requests are answered by 503.</summary>
    public bool IsGone { get; set; }

    /// <summary>How many packages were fetched.</summary>
    public int Fetched { get; private set; }

    /// <summary>The folder that is served.</summary>
    public string Files => Path.Combine(_folder, "files");

    // A folder a key: gpg's agent stays with the one that it was started for.
    private string Keys => _keys[^1];

    /// <param name="label">The archive's label; apt tells security updates by it.</param>
    public static async Task<PackageRepository> CreateAsync(string label = "Test")
    {
        var repository = new PackageRepository(label);
        await repository.NewKeyAsync();
        repository.PublicKey = await File.ReadAllBytesAsync(Path.Combine(repository.Keys, "public.gpg"));
        return repository;
    }

    /// <summary>Signs with another key from now on, which nobody trusts.</summary>
    public async Task NewKeyAsync()
    {
        _keys.Add(Path.Combine(_folder, $"keys-{_keys.Count}"));
        Directory.CreateDirectory(Keys, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await GpgAsync("--passphrase", "", "--quick-gen-key", "Test <test@example.org>", "ed25519", "sign", "never");
        await GpgAsync("--output", Path.Combine(Keys, "public.gpg"), "--export");
    }

    /// <summary>Adds a package; <see cref="PublishAsync"/> shows it to clients.</summary>
    public async Task AddAsync(TestPackage package)
    {
        using var folder = new TempFolder("eodeb");
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        folder.Write("DEBIAN/control", $"""
            Package: {package.Name}
            Version: {package.Version}
            Architecture: all
            Maintainer: Test <test@example.org>
            Installed-Size: {package.InstalledKibibytes}
            Description: {package.Name}
            {(package.Depends is null ? "" : $"Depends: {package.Depends}\n")}
            """.TrimEnd() + "\n");
        folder.Write($"opt/{package.Name}/version", $"{package.Version}\n");
        if (package.Payload > 0)
            await File.WriteAllBytesAsync(folder.File($"opt/{package.Name}/payload"), RandomNumberGenerator.GetBytes(package.Payload));
        if (package.ConfigFile is not null)
        {
            folder.Write($"etc/{package.Name}.conf", package.ConfigFile);
            folder.Write("DEBIAN/conffiles", $"/etc/{package.Name}.conf\n");
        }

        foreach (var (name, script) in package.Scripts)
        {
            var file = folder.Write($"DEBIAN/{name}", $"#!/bin/sh\n{script}\n");
            File.SetUnixFileMode(file, (UnixFileMode)0b111_101_101);
        }

        var file1 = Path.Combine(Files, $"{package.Name}_{package.Version.Replace(":", "%3a", StringComparison.Ordinal)}_all.deb");
        await Shell.RunAsync("dpkg-deb", "--root-owner-group", "-Znone", "-b", folder, file1);
    }

    /// <summary>Removes a version, as mirrors do with old ones.</summary>
    public void Remove(string name, string version) => File.Delete(Path.Combine(Files, $"{name}_{version}_all.deb"));

    /// <summary>Writes and signs the index of what there is.</summary>
    public async Task PublishAsync(TimeSpan? validFor = null)
    {
        var index = new StringBuilder();
        foreach (var deb in Directory.EnumerateFiles(Files, "*.deb").Order(StringComparer.Ordinal))
        {
            var content = await File.ReadAllBytesAsync(deb);
            index.Append((await Shell.RunAsync("dpkg-deb", "-f", deb)).TrimEnd())
                .Append(CultureInfo.InvariantCulture, $"\nFilename: ./{Path.GetFileName(deb)}\nSize: {content.Length}\nSHA256: {Convert.ToHexStringLower(SHA256.HashData(content))}\n\n");
        }

        var packages = Encoding.UTF8.GetBytes(index.ToString());
        var now = DateTimeOffset.Parse(await Shell.RunAsync("date", "-u", "+%Y-%m-%dT%H:%M:%SZ"), CultureInfo.InvariantCulture);
        var release = string.Create(CultureInfo.InvariantCulture, $"Origin: Test\nLabel: {_label}\nSuite: stable\nCodename: stable\nDate: {now:r}\nValid-Until: {now + (validFor ?? TimeSpan.FromDays(1)):r}\nArchitectures: all amd64 arm64\nComponents: main\nSHA256:\n {Convert.ToHexStringLower(SHA256.HashData(packages))} {packages.Length} Packages\n");
        await File.WriteAllBytesAsync(Path.Combine(Files, "Packages"), packages);
        await File.WriteAllTextAsync(Path.Combine(Files, "Release"), release);
        await GpgAsync("--yes", "--output", Path.Combine(Files, "InRelease"), "--clearsign", Path.Combine(Files, "Release"));
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
        foreach (var keys in _keys)
            await Shell.RunAsync("gpgconf", "--homedir", keys, "--kill", "all");
        _folder.Dispose();
    }

    // Somebody else may take a free port first.
    private static (HttpListener Listener, string Url) Listen()
    {
        for (var tries = 0; ; tries++)
        {
            var (listener, url) = (new HttpListener(), $"http://127.0.0.1:{FreePort.Next()}/");
            try
            {
                listener.Prefixes.Add(url);
                listener.Start();
                return (listener, url);
            }
            catch (HttpListenerException) when (tries < 10)
            {
                listener.Close();
            }
        }
    }

    private Task<string> GpgAsync(params string[] arguments) => Shell.RunAsync("gpg", ["--homedir", Keys, "--batch", "--quiet", "--pinentry-mode", "loopback", .. arguments]);

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                await AnswerAsync(context);
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or IOException)
            {
                // The client has gone, or the server is being closed.
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        var file = Path.Combine(Files, Path.GetFileName(Uri.UnescapeDataString(context.Request.Url!.AbsolutePath)));
        using var answer = context.Response;
        if (IsGone || !File.Exists(file))
        {
            answer.StatusCode = IsGone ? 503 : 404;
            return;
        }

        if (file.EndsWith(".deb", StringComparison.Ordinal))
            Fetched++;
        var content = await File.ReadAllBytesAsync(file);
        answer.ContentLength64 = content.Length;
        await answer.OutputStream.WriteAsync(content);
    }
}

/// <summary>A package with next to nothing in it.</summary>
/// <param name="Depends">As Debian writes dependencies; null for none.</param>
public sealed record TestPackage(string Name, string Version, string? Depends = null)
{
    public int InstalledKibibytes { get; init; } = 10;

    /// <summary>Bytes of a file in it.</summary>
    public int Payload { get; init; }

    /// <summary>The content of its configuration file, <c>/etc/NAME.conf</c>; null for none.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>Maintainer scripts, by name: <c>postinst</c>.</summary>
    public IReadOnlyDictionary<string, string> Scripts { get; init; } = new Dictionary<string, string>();
}
