using System.Globalization;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;
using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.EndToEndTests;

/// <summary>Updates of a device's own packages, by the program as users run it, on a system of the test's own.</summary>
public sealed class SystemUpdateTests : IAsyncLifetime
{
    private const string Closed = "\n  window: {cron: \"0 0 29 2 *\", duration: 1m}";
    private const int Kills = 50;

    private readonly TempFolder _manifests = new("manifests");
    private PackageRepository _repository = null!;
    private PackageSystem _system = null!;
    private Device _device = null!;

    public async Task InitializeAsync()
    {
        // Long enough that a kill falls into it.
        var scripts = new Dictionary<string, string> { ["postinst"] = "sleep 0.2", ["prerm"] = "sleep 0.1" };
        _repository = await PackageRepository.CreateAsync();
        foreach (var version in (string[])["1.0", "2.0"])
        {
            await _repository.AddAsync(new("lib", version) { Scripts = scripts });
            await _repository.AddAsync(new("app", version, $"lib (= {version})") { Scripts = scripts });
        }

        await _repository.PublishAsync();
        _system = await PackageSystem.CreateAsync(_repository);
        await _system.InstallAsync("app=1.0", "lib=1.0");
        _device = new(await EdgeopBinary.PathAsync(), engine: null, _manifests, new() { UpdatesRoot = _system.Root, Deadline = "5m" });
    }

    public async Task DisposeAsync()
    {
        await _device.DisposeAsync();
        await _system.DisposeAsync();
        await _repository.DisposeAsync();
        _manifests.Dispose();
    }

    [Fact]
    public async Task What_waits_for_a_window_is_shown_and_an_operator_can_have_it_at_once()
    {
        Desire("packages: [app]" + Closed);
        await _device.StartAsync();
        await _device.SeesAsync("it waits", status => Ready(status) is { Reason: "WaitingForWindow" });

        var plan = await _device.EdgeopAsync("plan");
        plan.Output.Should().Contain("SystemUpdate/base").And.Contain("app 1.0→2.0").And.Contain("opens Tue 2028-02-29 00:00 +00:00");
        (await _device.EdgeopAsync("status")).Output.Should().Contain("base: outdated; app 1.0→2.0, lib 1.0→2.0 waiting; window cron `0 0 29 2 *` for 1m (UTC): opens Tue 2028-02-29 00:00 +00:00");
        (await _system.PackagesAsync()).Should().Be("app 1.0 ii, lib 1.0 ii");

        (await _device.EdgeopAsync("update", "now", "--reason", "a hole in lib")).Code.Should().Be(0);
        await _device.SeesAsync("it is current", status => Ready(status) is { Status: ConditionStatus.True });

        (await _system.PackagesAsync()).Should().Be("app 2.0 ii, lib 2.0 ii");
        (await _device.EdgeopAsync("events")).Output.Should().Contain("UpdateRequested").And.Contain("a hole in lib");
        (await _device.EdgeopAsync("update", "status")).Output.Should().Contain("current").And.Contain("Applied: ");
        (await _device.EdgeopAsync("logs", "SystemUpdate/base")).Output.Should().Contain("Setting up app (2.0)");
        (await _device.EdgeopAsync("update", "now", "nothing")).Code.Should().NotBe(0);
    }

    [Fact]
    public async Task A_commit_whose_update_fails_its_check_is_rolled_back()
    {
        Desire("packages: [{name: app, version: \"1.0\"}]");
        await _device.StartAsync();
        await _device.SeesAsync("it is current", status => Ready(status) is { Status: ConditionStatus.True } && status.LastGood is not null);

        Desire("packages: [{name: app, version: \"2.0\"}, {name: lib, version: \"2.0\"}]\n  healthChecks: [{exec: [\"false\"], timeout: 1s}]");
        await _device.SeesAsync("it went back", status => status.Conditions.Any(c => c is { Type: Condition.Stalled, Status: ConditionStatus.True, Reason: "RolledBack" } && c.Message.Contains("the versions from before are back", StringComparison.Ordinal)));

        (await _system.PackagesAsync()).Should().Be("app 1.0 hi, lib 1.0 ii");
    }

    [Fact]
    public async Task Whatever_is_killed_and_whenever_all_packages_end_in_one_version_or_all_in_the_other()
    {
        var random = new Random(20261130);
        var (version, reached) = ("1.0", 0);
        await _device.StartAsync();
        for (var round = 0; round < Kills; round++)
        {
            version = version == "1.0" ? "2.0" : "1.0";
            Desire($"packages: [{{name: app, version: \"{version}\"}}, {{name: lib, version: \"{version}\"}}]", round);
            var label = round.ToString(CultureInfo.InvariantCulture);
            await _device.SeesAsync($"round {label} begins", status => Update(status) is { } update && (update.State == "updating" || update.Labels?["round"] == label), Eventually.Slow);
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(1500)), TimeProvider.System, CancellationToken.None);
            await KillAsync(random.Next(4));
            if (!_device.IsRunning)
                await _device.StartAsync();

            var expected = $"round {label}";
            await _device.SeesAsync($"{expected} ends", status => Update(status)?.State is "current" or "failed" && !Device.Is(status, Condition.Reconciling), Eventually.Slow);
            var versions = await Versions();
            versions.Should().BeOneOf(["1.0", "2.0"], $"in {expected} {await _system.PackagesAsync()}");
            (await _system.RunAsync("dpkg", "--audit")).Should().BeEmpty();
            reached += versions == version ? 1 : 0;
            version = versions;
        }

        reached.Should().BeGreaterThan(Kills / 2, "a kill is no reason to go back");
    }

    private static ResourceStatus? Update(DeviceStatus status) => status.Resources.FirstOrDefault(resource => resource.Kind == "SystemUpdate");

    private static Condition? Ready(DeviceStatus status) => Update(status)?.Conditions.FirstOrDefault(c => c.Type == Condition.Ready);

    /// <summary>The version that both packages have, whether held or not; anything else as it is.</summary>
    private async Task<string> Versions()
    {
        var packages = await _system.PackagesAsync();
        foreach (var version in (string[])["1.0", "2.0"])
        {
            if (packages.Replace("hi", "ii", StringComparison.Ordinal) == $"app {version} ii, lib {version} ii")
                return version;
        }

        return packages;
    }

    private async Task KillAsync(int what)
    {
        var record = Path.Combine(_device.StateFolder, "updates", "process");
        var worker = File.Exists(record) ? (await File.ReadAllTextAsync(record)).Split(' ')[0] : null;

        // Programs in the system's root: apt, dpkg and maintainer scripts.
        var tools = Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(id => id!.All(char.IsAsciiDigit) && RootOf(id!) == _system.Root).ToList();
        if (what is 0 or 3)
            await _device.KillAsync();
        if (what is 1 or 2 or 3 && worker is not null)
            Kill(worker);
        foreach (var tool in what is 2 or 3 ? tools : [])
            Kill(tool!);

        static void Kill(string id) => Shell.RunAsync("sh", "-c", $"kill -9 {id} 2>/dev/null || true").Wait();
    }

    private static string? RootOf(string process)
    {
        try
        {
            return new FileInfo($"/proc/{process}/root").LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private void Desire(string spec, int round = 0) => _manifests.Write("base.yaml", $"""
        apiVersion: edgeoperator.io/v1alpha1
        kind: SystemUpdate
        metadata: {"{"}name: base, labels: {"{"}round: "{round}"{"}"}{"}"}
        spec:
          {spec}

        """);
}
