using System.IO.Compression;
using System.Net;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;
using EdgeOperator.Agent.Kinds.FunctionApp;
using EdgeOperator.Agent.Kinds.FunctionApp.Packages;
using EdgeOperator.Core.Kinds.FunctionApp;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeOperator.Agent.Tests.Kinds.FunctionApp;

[SupportedOSPlatform("linux")]
public sealed class PackageInstallerTests : IAsyncLifetime
{
    private static readonly ResourceId Orders = new(KindNames.FunctionApp, "orders");

    private readonly TempFolder _folder = new();
    private readonly PackageInstaller _installer;
    private readonly AppFolders _folders;
    private int _wakes;

    public PackageInstallerTests()
    {
        _folders = new(Path.Combine(_folder, "apps"));
        _installer = new(_folders, _ => throw new InvalidOperationException("nothing is published"), _ => Interlocked.Increment(ref _wakes), TimeProvider.System, NullLogger<PackageInstaller>.Instance);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _installer.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_folder_is_installed_as_it_lay_in_its_source()
    {
        var package = Folder(
            File("host.json", "{}"),
            File("bin/handler", "#!/bin/sh\necho run") with { IsExecutable = true },
            File("node_modules/.bin/tool", "x") with { LinkedFrom = "node_modules/tool/cli.js" },
            File("node_modules/tool/cli.js", "x"));

        (await InstallAsync(package)).Should().BeOfType<StepOutcome.Succeeded>();

        var root = _folders["orders"].Package(package.Hash);
        (await Shell.RunAsync(Path.Combine(root, "bin/handler"))).Should().Be("run\n");
        System.IO.File.ResolveLinkTarget(Path.Combine(root, "node_modules/.bin/tool"), returnFinalTarget: true)!.FullName
            .Should().Be(Path.Combine(root, "node_modules/tool/cli.js"));
        System.IO.File.GetUnixFileMode(Path.Combine(root, "host.json")).Should().Be((UnixFileMode)Convert.ToInt32("644", 8));
        System.IO.File.GetUnixFileMode(root).Should().Be((UnixFileMode)Convert.ToInt32("755", 8));
        PackageFiles.InstalledIn(_folders["orders"]).Should().Equal(package.Hash);
        _wakes.Should().Be(1);
    }

    [Fact]
    public async Task What_a_cut_installation_left_behind_is_no_package_and_does_not_hinder_the_next()
    {
        var package = Folder(File("host.json", "{}"));
        var folder = _folders.Create("orders");
        Directory.CreateDirectory(Path.Combine(folder.Packages, ".new-" + package.Hash, "half"));

        PackageFiles.InstalledIn(folder).Should().BeEmpty();
        (await InstallAsync(package)).Should().BeOfType<StepOutcome.Succeeded>();
        Directory.GetFileSystemEntries(folder.Package(package.Hash)).Select(Path.GetFileName).Should().Equal("host.json");
    }

    [Fact]
    public async Task The_package_that_was_served_last_comes_first()
    {
        var (one, two) = (Folder(File("host.json", "1")), Folder(File("host.json", "2")));
        await InstallAsync(one);
        await InstallAsync(two);
        var now = TimeProvider.System.GetUtcNow();
        new PackageFiles(_folders["orders"], two.Hash).Touch(now.AddHours(-1));
        new PackageFiles(_folders["orders"], one.Hash).Touch(now);

        PackageFiles.InstalledIn(_folders["orders"]).Should().Equal(one.Hash, two.Hash);
        new PackageFiles(_folders["orders"], two.Hash).Remove();
        PackageFiles.InstalledIn(_folders["orders"]).Should().Equal(one.Hash);
    }

    [Fact]
    public async Task A_zip_file_is_fetched_checked_and_unpacked()
    {
        var zip = Zip(("host.json", "{}"), ("pay/function.json", "{}"));
        using var server = new OneFile(zip);
        var package = new FunctionPackage.Zip(server.Url, Convert.ToHexStringLower(SHA256.HashData(zip)));

        (await InstallAsync(package)).Should().BeOfType<StepOutcome.Succeeded>();

        System.IO.File.Exists(Path.Combine(_folders["orders"].Package(package.Hash), "pay/function.json")).Should().BeTrue();
    }

    [Fact]
    public async Task A_zip_file_that_is_another_one_is_refused()
    {
        using var server = new OneFile(Zip(("host.json", "{}")));

        var outcome = await InstallAsync(new FunctionPackage.Zip(server.Url, new string('a', 64)));

        outcome.Should().BeOfType<StepOutcome.Retry>().Which.Reason.Should().Be("PackageChanged");
        PackageFiles.InstalledIn(_folders["orders"]).Should().BeEmpty();
        Directory.GetFileSystemEntries(_folders["orders"].Packages).Should().BeEmpty();
    }

    [Fact]
    public async Task A_zip_file_that_is_no_app_is_refused()
    {
        var zip = Zip(("app/host.json", "{}"));
        using var server = new OneFile(zip);

        var outcome = await InstallAsync(new FunctionPackage.Zip(server.Url, Convert.ToHexStringLower(SHA256.HashData(zip))));

        outcome.Should().BeOfType<StepOutcome.Retry>().Which.Message.Should().Contain("no host.json");
    }

    [Fact]
    public async Task Dependencies_are_installed_by_the_lock_file_and_their_scripts_are_not_run()
    {
        var app = new TempFolder("npm");
        app.Write("dep/package.json", """{"name": "dep", "version": "1.0.0", "scripts": {"install": "touch /tmp/edgeop-must-not-run"}}""");
        app.Write("package.json", """{"name": "app", "version": "1.0.0", "dependencies": {"dep": "file:dep-1.0.0.tgz"}}""");
        await Shell.RunAsync("sh", "-c", $"cd {app}/dep && npm pack --silent --pack-destination .. && cd .. && npm install --silent --package-lock-only");
        var package = Folder(
            File("host.json", "{}"),
            new("package.json", System.IO.File.ReadAllBytes(app.File("package.json"))),
            new("package-lock.json", System.IO.File.ReadAllBytes(app.File("package-lock.json"))),
            new("dep-1.0.0.tgz", System.IO.File.ReadAllBytes(app.File("dep-1.0.0.tgz"))));

        var outcome = await InstallAsync(package);

        outcome.Should().BeOfType<StepOutcome.Succeeded>().Which.Note.Should().Contain("its dependencies with npm");
        System.IO.File.Exists(Path.Combine(_folders["orders"].Package(package.Hash), "node_modules/dep/package.json")).Should().BeTrue();
        System.IO.File.Exists("/tmp/edgeop-must-not-run").Should().BeFalse();
        app.Dispose();
    }

    [Fact]
    public async Task Dependencies_that_can_not_be_installed_are_told_of_in_npms_words()
    {
        var outcome = await InstallAsync(Folder(
            File("host.json", "{}"), File("package.json", """{"dependencies": {"x": "1"}}"""), File("package-lock.json", "no json")));

        outcome.Should().BeOfType<StepOutcome.Retry>().Which.Message.Should().StartWith("npm ci ended with code 1: ");
        PackageFiles.InstalledIn(_folders["orders"]).Should().BeEmpty();
    }

    [Fact]
    public async Task Requirements_of_a_Python_app_are_installed_from_its_own_wheels()
    {
        var package = Folder(
            File("host.json", "{}"), File("function_app.py", ""), File("requirements.txt", "# all\n-r requirements/base.txt\n"), File("requirements/base.txt", "greeting>=1\n"),
            Wheel("greeting", "1.0"), File("pip.py", "raise SystemExit('an app is not run while it is installed')"), File("logging.py", "raise SystemExit('nor is this')"));

        var outcome = await InstallAsync(package);

        outcome.Should().BeOfType<StepOutcome.Succeeded>().Which.Note.Should().Contain("its requirements with pip");
        var packages = Path.Combine(_folders["orders"].Package(package.Hash), ".python_packages/lib/site-packages");
        (await Shell.RunAsync("env", $"PYTHONPATH={packages}", "python3", "-c", "import greeting; print(greeting.WORD)")).Should().Be("hello\n");
    }

    [Fact]
    public async Task Requirements_that_came_along_or_that_are_no_function_apps_are_left_alone()
    {
        foreach (var package in (FunctionPackage.Folder[])[
            Folder(File("host.json", "{}"), File("function_app.py", ""), File("requirements.txt", "missing"), File(".python_packages/lib/site-packages/missing.py", "")),
            Folder(File("host.json", "{}"), File("handler.py", ""), File("requirements.txt", "missing")),
            Folder(File("host.json", "{}"), File("function_app.py", ""), File("requirements.txt", "# nothing")),
            Folder(File("host.json", "{}"), File("function_app.py", ""))])
        {
            (await InstallAsync(package)).Should().BeOfType<StepOutcome.Succeeded>().Which.Note.Should().NotContain("pip");
        }
    }

    [Fact]
    public async Task Requirements_that_can_not_be_installed_are_told_of_in_pips_words()
    {
        var outcome = await InstallAsync(Folder(
            File("host.json", "{}"), File("pay/function.json", "{}"), File("pay/__init__.py", ""), File("requirements.txt", "greeting==2"), Wheel("greeting", "1.0")));

        outcome.Should().BeOfType<StepOutcome.Retry>().Which.Should().Match<StepOutcome.Retry>(
            o => o.Reason == "PipFailed" && o.Message.StartsWith("pip install ended with code 1: ") && o.Message.Contains("greeting==2"));
        PackageFiles.InstalledIn(_folders["orders"]).Should().BeEmpty();
    }

    [Theory]
    [InlineData("./tool", "requirements.txt:1:1: `./tool` is not installed from a wheel*")]
    [InlineData("-r other.txt", "the requirements name the file other.txt, which is not in the package*")]
    [InlineData("-r ../other.txt", "the requirements name the file ../other.txt, which is not in the package*")]
    public async Task Requirements_that_would_run_code_or_lie_elsewhere_are_refused(string line, string message)
    {
        var outcome = await InstallAsync(Folder(
            File("host.json", "{}"), File("function_app.py", ""), File("requirements.txt", line), File("tool/setup.py", "open('/tmp/edgeop-must-not-run', 'w')")));

        outcome.Should().BeOfType<StepOutcome.Retry>().Which.Message.Should().Match(message);
        System.IO.File.Exists("/tmp/edgeop-must-not-run").Should().BeFalse();
    }

    private async Task<StepOutcome> InstallAsync(FunctionPackage package)
    {
        var step = new InstallApp(Orders, "test", package);
        return await Eventually.GetAsync(
            async () => await _installer.AskAsync(step) is var outcome and not StepOutcome.Pending ? outcome : throw new InvalidOperationException("pending"), TimeSpan.FromSeconds(60));
    }

    private static FunctionPackage.Folder Folder(params ManifestFile[] files) => new("orders", [.. files]);

    private static ManifestFile File(string path, string content) => new(path, Encoding.UTF8.GetBytes(content));

    private static ManifestFile Wheel(string name, string version) => new($"wheels/{name}-{version}-py3-none-any.whl", Zip(
        ($"{name}/__init__.py", "WORD = 'hello'"),
        ($"{name}-{version}.dist-info/METADATA", $"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"),
        ($"{name}-{version}.dist-info/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"),
        ($"{name}-{version}.dist-info/RECORD", "")));

    private static byte[] Zip(params (string Path, string Content)[] files)
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (path, content) in files)
            {
                using var entry = zip.CreateEntry(path).Open();
                entry.Write(Encoding.UTF8.GetBytes(content));
            }
        }

        return stream.ToArray();
    }

    private sealed class OneFile : IDisposable
    {
        private readonly HttpListener _listener = new();

        public OneFile(byte[] content)
        {
            Url = $"http://127.0.0.1:{FreePort.Next()}/app.zip";
            _listener.Prefixes.Add(Url[..^"app.zip".Length]);
            _listener.Start();
            _ = ServeAsync(content);
        }

        public string Url { get; }

        public void Dispose() => _listener.Close();

        private async Task ServeAsync(byte[] content)
        {
            while (_listener.IsListening)
            {
                var context = await _listener.GetContextAsync();
                await context.Response.OutputStream.WriteAsync(content);
                context.Response.Close();
            }
        }
    }
}
