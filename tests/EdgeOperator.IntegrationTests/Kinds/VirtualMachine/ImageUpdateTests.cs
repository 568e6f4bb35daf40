using System.Globalization;
using System.Security.Cryptography;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Platform.Files;
using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.IntegrationTests.Kinds.VirtualMachine;

/// <summary>
/// A machine gets another image, by the real agent and QEMU, and the power goes at every boundary of a step. Wherever it went, both slots are there until the
/// update is over, it ends in the new image or (when that does not boot) in the one before, and what the guest keeps is not touched.
/// </summary>
[Collection(SharedGuest.Name)]
public sealed class ImageUpdateTests : IAsyncLifetime
{
    private const string Name = "edge";
    private const string Mark = "marked by the first image\n";

    /// <summary>An emulated processor that shares its host takes its time.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(4);

    private readonly TempFolder _images = new("img");
    private GuestImage _old = null!;
    private GuestImage _new = null!;
    private GuestImage _bad = null!;
    private Repository _repository = null!;
    private Device _device = null!;
    private string _data = "";

    public async Task InitializeAsync()
    {
        _old = await GuestImage.MinimalAsync();
        _new = await ImageAsync("new.qcow2", "convert", "-O", "qcow2", "-o", "cluster_size=128k", _old.Path);
        _bad = await ImageAsync("bad.qcow2", "create", "-q", "-f", "qcow2", "-o", "cluster_size=128k", "64M");
        _repository = await Repository.CreateAsync();
        _device = new(await EdgeopBinary.PathAsync(), engine: null, _repository.Url, new() { StableFor = "100ms" });
        var first = await CommitAsync(_old, "3m");
        await _device.StartAsync();
        await _device.ReachesAsync(first, Timeout);
        _data = Inode("data.qcow2");
    }

    public async Task DisposeAsync()
    {
        await _device.DisposeAsync();
        _repository.Dispose();
        _images.Dispose();
    }

    [Fact]
    public async Task An_update_comes_to_its_end_or_back_wherever_the_power_went_and_the_data_stay()
    {
        // What stops in order stops once: so the boundaries of one step are in one update, and those of the other in the next.
        await ReachesAsync(_old, _new, "kill-before:fetch", "kill-after:fetch", "kill-before:stop", "kill-before:start", "kill-after:start", "kill-before:remove");
        await ReachesAsync(_new, _old, "kill-after:stop", "kill-after:remove");
        await GoesBackAsync(_old, "kill-after:start", "kill-before:stop", "kill-before:start");
        await GoesBackAsync(_old, "kill-before:start", "kill-after:stop", "kill-after:start");
    }

    private async Task ReachesAsync(GuestImage from, GuestImage to, params string[] cuts)
    {
        await _device.TerminateAsync();
        var revision = await CommitAsync(to, "3m");
        foreach (var cut in cuts)
        {
            await CutAsync(cut);
            if (!cut.EndsWith("after:remove", StringComparison.Ordinal))
                Slots().Should().Contain(from.Sha256, $"after {cut} there must be a way back");
        }

        await _device.StartAsync();
        await _device.ReachesAsync(revision, Timeout);
        await ShouldRunWithItsDataAsync(to);
        await Eventually.SucceedsAsync(() => Slots().Should().Equal(to.Sha256), Timeout);
    }

    /// <summary>From an image that does not boot: the first cut is on the way there, the others are on the way back.</summary>
    private async Task GoesBackAsync(GuestImage image, params string[] cuts)
    {
        var (good, system) = ((await _device.StatusAsync()).LastGood!.Id, Inode("system.qcow2"));
        await _device.TerminateAsync();
        var bad = await CommitAsync(_bad, "5s", cuts[0]);
        foreach (var cut in cuts)
        {
            await CutAsync(cut);
            Slots().Should().Contain([image.Sha256, _bad.Sha256], $"after {cut} neither is lost");
        }

        await _device.StartAsync();
        await _device.SeesAsync(
            "the machine is back",
            status => status.Applied?.Id == good && status.Desired?.Id == bad && status.Conditions.Any(c => c.Reason == "RolledBack") && Machine(status)?.State == "running" && ImageOf(status) == image.Sha256,
            Timeout);
        await ShouldRunWithItsDataAsync(image);
        Inode("system.qcow2").Should().Be(system, "it is the very disk that the machine had before");
        (await _device.EdgeopAsync("history")).Output.Should().Contain("RolledBack");
    }

    /// <summary>Runs the agent until it kills itself there, and has the machine go with it, as at a loss of power; but for what happens while the guest is needed.</summary>
    private async Task CutAsync(string where)
    {
        var isOfImages = where.EndsWith("remove", StringComparison.Ordinal) || where.EndsWith("fetch", StringComparison.Ordinal);
        _device.Launch($"EDGEOP_FAULT={where}{(isOfImages ? "" : $" VirtualMachine/{Name}")}");
        await Eventually.TrueAsync($"the agent is killed at {where}\n{_device.Log}", () => !_device.IsRunning, Timeout);
        await _device.ExitedAsync();
        if (isOfImages)
            return;
        if (ProcessOf(In("process")) is { } machine)
            await Shell.RunAsync("kill", "-9", machine);
        await Eventually.TrueAsync("the machine is off", () => ProcessOf(In("process")) is null);
    }

    private async Task ShouldRunWithItsDataAsync(GuestImage image)
    {
        ImageOf(await _device.StatusAsync()).Should().Be(image.Sha256);
        (await _device.EdgeopAsync("vm", "exec", Name, "--", "cat", "/data/mark")).Output.Should().Be(Mark);
        Inode("data.qcow2").Should().Be(_data, "it is the very disk that the machine was made with");
    }

    private async Task<GuestImage> ImageAsync(string name, params string[] command)
    {
        var path = _images.File(name);
        await Shell.RunAsync("qemu-img", command[0] == "create" ? [.. command[..^1], path, command[^1]] : [.. command, path]);
        return new(path, Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(path))));
    }

    private Task<string> CommitAsync(GuestImage image, string healthTimeout, string note = "") => _repository.CommitAsync(
        ("vm.yaml", Manifests.VirtualMachine(Name, image, $"stopTimeout: 5s\nhealthTimeout: {healthTimeout}\nprovisioning: {{commands: [\"test -e /data/mark || echo {Mark.TrimEnd()} >/data/mark; sync\"]}}")),
        ("note.txt", note));

    private IEnumerable<string> Slots() => Directory.GetFiles(Path.Combine(_device.MachinesFolder, "images"), "*.qcow2").Select(file => Path.GetFileNameWithoutExtension(file)!);

    private string In(string file) => Path.Combine(_device.MachinesFolder, Name, file);

    private string Inode(string file) => FileStatus.Of(In(file))!.Value.Inode.ToString(CultureInfo.InvariantCulture);

    /// <summary>Null when it does not run.</summary>
    private string? ProcessOf(string file)
    {
        var id = File.Exists(file) ? File.ReadAllText(file).Split(' ')[0] : "";
        return id.Length > 0 && File.Exists($"/proc/{id}/cmdline") && File.ReadAllText($"/proc/{id}/cmdline").Contains(_device.MachinesFolder, StringComparison.Ordinal) ? id : null;
    }

    private static ResourceStatus? Machine(DeviceStatus status) => status.Resources.FirstOrDefault(r => r.Name == Name);

    private static string? ImageOf(DeviceStatus status) => Machine(status)?.Details.GetValueOrDefault("imageDigest")?["sha256:".Length..];
}
