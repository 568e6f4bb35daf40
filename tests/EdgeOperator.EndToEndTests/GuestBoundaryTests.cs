using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.EndToEndTests;

/// <summary>Commands, paths and variables between a device and its virtual machine.</summary>
[Collection(Machines.Name)]
public sealed class GuestBoundaryTests : IAsyncLifetime
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(3);

    private GuestImage _image = null!;
    private Repository _repository = null!;
    private Device _device = null!;

    public async Task InitializeAsync()
    {
        _image = await GuestImage.MinimalAsync();
        _repository = await Repository.CreateAsync();
        _device = new(await EdgeopBinary.PathAsync(), engine: null, _repository.Url, new() { Deadline = "120s", SourceInterval = "10m" });
        Directory.CreateDirectory(_device.SharedRoot);
    }

    public async Task DisposeAsync()
    {
        await _device.DisposeAsync();
        _repository.Dispose();
    }

    [Fact]
    public async Task Commands_paths_and_variables_pass_both_ways_also_while_there_is_no_agent()
    {
        File.WriteAllText(Path.Combine(_device.SharedRoot, "note"), "from the host");
        var commit = await _repository.CommitAsync(("vm.yaml", Manifests.VirtualMachine("vm", _image, $$"""
            sharedFolders: [{host: {{_device.SharedRoot}}, guest: /mnt/shared}]
            interop:
              env: [GREETING]
              programs: {host-name: /bin/hostname, upper.exe: /usr/bin/tr}
            provisioning:
              users: [{name: app}]
              files: [{path: /etc/motd, content: "kept equal to Git\n"}]
            """)));
        await _device.StartAsync();
        await _device.ReachesAsync(commit, Timeout);
        await _device.KillAsync();

        (await ExecAsync("cat", "/etc/motd", "/mnt/shared/note")).Output.Should().Be("kept equal to Git\nfrom the host");
        (await ExecAsync("sh", "-c", "echo out; echo err >&2; exit 7")).Should().Be(new Ran(7, "out\n", "err\n"));
        (await ExecAsync("printf", "%s|", "a b", "", "it's \"quoted\"", "$HOME\n", "ü")).Output.Should().Be("a b||it's \"quoted\"|$HOME\n|ü|");
        (await InSharedFolderAsync("GREETING='good day' {0} sh -c 'pwd; echo $GREETING; ls' | tr a-z A-Z")).Should().Be("/MNT/SHARED\nGOOD DAY\nNOTE\n");
        (await ExecAsync("sh", "-c", "echo shout | upper.exe a-z A-Z")).Output.Should().Be("SHOUT\n");
        (await _device.EdgeopAsync("exec", "VirtualMachine/vm", "--", "sh", "-c", "echo out; echo err >&2; exit 7")).Should().Be(new Ran(7, "out\n", "err\n"));
        (await _device.EdgeopAsync("exec", "vm", "vm", "--", "cat", "/etc/motd")).Output.Should().Be("kept equal to Git\n");
        (await ExecAsync("host-name")).Output.Should().Be(await Shell.RunAsync("hostname"));
        (await _device.EdgeopAsync("vm", "exec", "--user", "app", "vm", "--", "sh", "-c", "id -un; pwd; echo shout | upper.exe a-z A-Z")).Output
            .Should().Be("app\n/home/app\nSHOUT\n");
        (await _device.EdgeopAsync("vm", "path", "-u", $"{_device.SharedRoot}/note")).Output.Should().Be("/mnt/shared/note\n");
        (await _device.EdgeopAsync("vm", "path", "-w", "/mnt/shared/note")).Output.Should().Be($"{_device.SharedRoot}/note\n");
    }

    [Fact]
    public async Task A_revision_whose_provisioning_fails_is_rolled_back()
    {
        var good = await _repository.CommitAsync(("vm.yaml", Manifests.VirtualMachine("vm", _image)));
        await _device.StartAsync();
        await _device.ReachesAsync(good, Timeout);

        var bad = await _repository.CommitAsync(("vm.yaml", Manifests.VirtualMachine("vm", _image, "provisioning: {commands: [\"echo no such luck >&2; exit 3\"]}")));
        await _device.ReconcileAsync();

        await _device.SeesAsync("it was rolled back", s => s.Applied?.Id == good && s.Desired?.Id == bad, TimeSpan.FromMinutes(5));
        (await _device.EdgeopAsync("history")).Output.Should().Contain("RolledBack").And.Contain("no such luck");
        (await ExecAsync("true")).Code.Should().Be(0);
    }

    private Task<Ran> ExecAsync(params string[] command) => _device.EdgeopAsync(["vm", "exec", "vm", "--", .. command]);

    private Task<string> InSharedFolderAsync(string line) => Shell.RunAsync(
        "sh", "-c", $"cd {_device.SharedRoot} && {line.Replace("{0}", $"{_device.Edgeop} vm exec --config {_device.ConfigurationFile} vm --", StringComparison.Ordinal)}");
}
