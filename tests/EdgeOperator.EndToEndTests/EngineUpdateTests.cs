using EdgeOperator.EndToEndTests.Support;
using EdgeOperator.Testing;

namespace EdgeOperator.EndToEndTests;

/// <summary>The container engine itself is a package: Debian's docker.io, with its own maintainer scripts, under a real systemd.</summary>
public sealed class EngineUpdateTests : IAsyncLifetime
{
    private const string Suffix = "+test2";

    private Releases _releases = null!;
    private PackageRepository _repository = null!;
    private SystemdHost _host = null!;

    public async Task InitializeAsync()
    {
        _releases = new(await Testing.Devices.EdgeopBinary.PathAsync());
        _repository = await PackageRepository.CreateAsync();
        _host = await SystemdHost.StartAsync(_releases, Releases.First, hasDocker: true);
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _repository.DisposeAsync();
        _releases.Dispose();
    }

    [Fact]
    public async Task An_engine_is_updated_while_modules_run_and_is_current_after_the_reboot_that_it_asks_for()
    {
        await ImportImageAsync();
        var version = await PublishNewerAsync();
        _host.Commit("web.yaml", """
            apiVersion: edgeoperator.io/v1alpha1
            kind: EdgeModule
            metadata: {name: web}
            spec: {image: "sleeper:1", imagePullPolicy: never, networks: [], createOptions: {HostConfig: {NetworkMode: none}}}

            """);
        await SeesAsync(async () => (await WebAsync()).Should().Contain("running"));
        var before = await WebAsync();

        Desire(version, "never");
        await SeesAsync(async () => (await _host.RunAsync("edgeop", "update", "status")).Should().Contain("current").And.Contain("dockerd runs in the version from before its update"));

        (await _host.RunAsync("dpkg-query", "-W", "-f", "${Version} ${db:Status-Abbrev}", "docker.io")).Trim().Should().Be($"{version} hi");
        (await WebAsync()).Should().Be(before, "Debian's package leaves the engine that runs alone");
        (await _host.RunAsync("edgeop", "status")).Should().Contain("left to you");
        _host.Boots.Should().Be(1);

        Desire(version, "ifRequired");
        await SeesAsync(async () => (await _host.RunAsync("edgeop", "update", "status", "-o", "yaml")).Should().Contain("good: dockerd runs in the version from before its update"));
        _host.Boots.Should().Be(2);
        await SeesAsync(async () => (await WebAsync()).Should().Contain("running").And.NotBe(before));
        (await _host.RunAsync("edgeop", "update", "status", "-o", "yaml")).Should().NotContain("needed (").And.NotContain("waits (");
    }

    private void Desire(string version, string reboot) => _host.Commit("base.yaml", $$"""
        apiVersion: edgeoperator.io/v1alpha1
        kind: SystemUpdate
        metadata: {name: base}
        spec: {packages: [{name: docker.io, version: "{{version}}"}], reboot: {{reboot}}}

        """);

    private async Task ImportImageAsync()
    {
        await Shell.RunAsync("sh", "-c", $"mkdir -p {_host.At("/srv/image/bin")} && cp -L /bin/busybox {_host.At("/srv/image/bin/busybox")}");
        await SeesAsync(async () => await _host.RunAsync("sh", "-c", "tar -C /srv/image -c . | docker import -c 'CMD [\"/bin/busybox\", \"sleep\", \"100000\"]' - sleeper:1"));
    }

    /// <summary>The same package with another version.</summary>
    private async Task<string> PublishNewerAsync()
    {
        using var folder = new TempFolder("eodocker");
        await Shell.RunAsync("sh", "-c", $"cd {folder} && dpkg-deb -R {_host.At("/srv")}/docker.io_*.deb p && sed -i 's/^\\(Version: .*\\)/\\1{Suffix}/' p/DEBIAN/control && dpkg-deb --root-owner-group -Znone -b p {_repository.Files}/docker.io_new_all.deb");
        var version = (await Shell.RunAsync("dpkg-deb", "-f", $"{_repository.Files}/docker.io_new_all.deb", "Version")).Trim();
        await _repository.PublishAsync();
        await _host.UseAsync(_repository);
        return version;
    }

    /// <summary>When the module's container was started, and whether it runs.</summary>
    private Task<string> WebAsync() => _host.RunAsync("docker", "inspect", "-f", "{{.State.StartedAt}} {{.State.Status}}", "web");

    private static Task SeesAsync(Func<Task> seen) => Eventually.SucceedsAsync(seen, Eventually.Slow);
}
