using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.EndToEndTests;

/// <summary>Virtual machines from a commit to a guest that answers, on a device without a container engine.</summary>
[Collection(Machines.Name)]
public sealed class VirtualMachineTests : IAsyncLifetime
{
    private const string Name = "edge";

    /// <summary>An emulated processor that shares its host takes its time.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(3);

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(60) };
    private readonly int _port = FreePort.Next();
    private GuestImage _image = null!;
    private Repository _repository = null!;
    private Device _device = null!;

    public async Task InitializeAsync()
    {
        _image = await GuestImage.MinimalAsync();
        _repository = await Repository.CreateAsync();
        _device = new(await EdgeopBinary.PathAsync(), engine: null, _repository.Url, new() { Deadline = "120s", SourceInterval = "10m", ApiGroup = "nogroup" });
    }

    public async Task DisposeAsync()
    {
        await _device.DisposeAsync();
        _repository.Dispose();
        _http.Dispose();
    }

    [Fact]
    public async Task A_committed_machine_boots_and_the_command_line_looks_into_it()
    {
        Directory.CreateDirectory(Path.Combine(_device.SharedRoot, "orders"));

        await RunAsync($$"""
            network: {forwards: ["{{_port}}:8088"]}
            sharedFolders: [{host: {{_device.SharedRoot}}/orders, guest: /mnt/orders}]
            provisioning: {commands: ["hostname >/mnt/orders/name"]}
            """);

        (await _http.GetStringAsync(new Uri($"http://127.0.0.1:{_port}/healthz"))).Trim().Should().Be("ok");
        (await File.ReadAllTextAsync(Path.Combine(_device.SharedRoot, "orders", "name"))).Trim().Should().Be(Name);
        (await _device.EdgeopAsync("describe", "VirtualMachine", Name)).Output.Should()
            .Contain("10.0.2.15").And.Contain($"sha256:{_image.Sha256}").And.Contain("BootId").And.Contain("Uptime").And.Contain("Memory");
        (await _device.EdgeopAsync("logs", $"VirtualMachine/{Name}")).Output.Should().Contain("edgeop: ready");
        (await _device.EdgeopAsync("plan")).Output.Should().Be("No changes.\n");
        await MembersOfTheGroupRunProgramsAsync();
    }

    /// <summary>nobody is in nogroup; daemon is not.</summary>
    private async Task MembersOfTheGroupRunProgramsAsync()
    {
        (await AsAsync("nobody", "nogroup", "printf in | $EDGEOP vm exec --cd /mnt/orders edge -- sh -c 'cat; pwd; id -un; echo \"$1\"; exit 7' sh \"two  words\"; echo $?")).Should().Be("in/mnt/orders\nroot\ntwo  words\n7\n");
        (await AsAsync("nobody", "nogroup", "$EDGEOP vm exec edge -- cat /nothing 2>&1; $EDGEOP vm exec --cd /nothing edge true 2>/dev/null; echo $?; $EDGEOP vm exec --user '-x/..' edge true 2>&1")).Should()
            .Contain("No such file").And.Contain("\n126\n").And.Contain("can't be a user of the guest");
        (await AsAsync("daemon", "daemon", "$EDGEOP vm exec edge true 2>&1; echo $?")).Should().Contain("error: ").And.NotEndWith("\n0\n");

        async Task<string> AsAsync(string user, string group, string script) => await Shell.RunAsync(
            "setpriv", $"--reuid={user}", $"--regid={group}", "--clear-groups", "env", "HOME=/nonexistent", "sh", "-c",
            script.Replace("$EDGEOP vm exec", $"'{_device.Edgeop}' --socket {_device.ApiSocket} vm exec", StringComparison.Ordinal) + " || :");
    }

    [Fact]
    public async Task A_machine_is_changed_as_it_runs_where_that_can_be_and_by_an_announced_restart_otherwise()
    {
        await RunAsync();
        var boot = await BootAsync();

        await CommitAsync($"network: {{forwards: [\"{_port}:8088\"]}}", disk: 128);
        (await _device.EdgeopAsync("plan")).Output.Should().Contain("without a restart: disk 64→128 MiB; forwards +127.0.0.1:");
        await ReconcileAsync();
        (await _http.GetStringAsync(new Uri($"http://127.0.0.1:{_port}/healthz"))).Trim().Should().Be("ok");
        (await BootAsync()).Should().Be(boot);

        await CommitAsync("cpus: 2", memory: 320, disk: 128);
        (await _device.EdgeopAsync("plan")).Output.Should().Contain("requires restart because memory 256→320 MiB; cpus 1→2");
        await ReconcileAsync();
        (await BootAsync()).Should().NotBe(boot);

        await CommitAsync("cpus: 2", memory: 320);
        (await _device.EdgeopAsync("plan")).Output.Should().Contain("disk 128→64 MiB is refused: a disk only grows");
    }

    [Fact]
    public async Task A_machine_outlives_its_agent_and_is_started_again_when_it_ends_itself()
    {
        await RunAsync();
        var boot = await BootAsync();

        await _device.KillAsync();
        await _device.StartAsync();
        await _device.SeesAsync("the machine is adopted", status => Device.Is(status, "Ready"), Timeout);
        (await BootAsync()).Should().Be(boot);

        (await _device.EdgeopAsync("vm", "list")).Output.Should().Contain(Name).And.Contain("running");
        (await _device.EdgeopAsync("vm", "restart", Name)).Output.Should().Be($"VirtualMachine/{Name} shuts down, and is started again.\n");
        await _device.SeesAsync("the machine has restarted", status => Device.Is(status, "Ready") && Machine(status) is { State: "running" } machine && machine.Details.GetValueOrDefault("bootId") is { } other && other != boot, Timeout);
        (await _device.EdgeopAsync("events")).Output.Should().Contain($"a restart of VirtualMachine/{Name} was asked for");
        boot = await BootAsync();

        await Shell.RunAsync("kill", "-9", Process());
        await _device.SeesAsync("the machine is started again", status => Machine(status) is { State: "running" } machine && machine.Details["bootId"] != boot, Timeout);
        (await _device.EdgeopAsync("events")).Output.Should().Contain("it has ended");
    }

    [Fact]
    public async Task An_operator_copies_files_looks_at_the_console_and_stops_a_machine_until_starting_it()
    {
        await RunAsync();
        await FilesAreCopiedAsync();
        await ConsoleIsAttachedAsync();

        (await _device.EdgeopAsync("vm", "stop", Name, "--reason", "moving")).Output.Should().Be($"VirtualMachine/{Name} shuts down, and stays so until `edgeop vm start {Name}`.\n");
        await _device.SeesAsync("it is stopped", status => Machine(status) is { State: "stopped" }, Timeout);
        await _device.KillAsync();
        await _device.StartAsync();
        await CommitAsync("cpus: 2");
        await _device.ReconcileAsync();
        var status = await _device.SeesAsync("the commit is taken and the machine stays stopped", now => now.LastGood?.Id == now.Desired?.Id && Machine(now) is { State: "stopped" }, Timeout);
        Machine(status)!.Conditions.Should().Contain(c => c.Message.Contains("an operator has stopped it"));
        (await _device.EdgeopAsync("plan")).Output.Should().Be("No changes.\n");
        (await _device.EdgeopAsync("vm", "console", Name)).Code.Should().Be(4);

        (await _device.EdgeopAsync("vm", "start", Name)).Output.Should().Be($"VirtualMachine/{Name} is started.\n");
        await _device.SeesAsync("it runs as it was changed meanwhile", now => Device.Is(now, "Ready") && Machine(now) is { State: "running" } machine && machine.Details["cpus"] == "2", Timeout);
        (await _device.EdgeopAsync("vm", "start", Name)).Errors.Should().Contain("nobody has stopped");
        (await _device.EdgeopAsync("events")).Output.Should().Contain("a stop of VirtualMachine/edge was asked for").And.Contain("moving");
    }

    private async Task FilesAreCopiedAsync()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_device.Root, "a folder")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "a [file]*"), "content");
        (await _device.EdgeopAsync("vm", "cp", "-r", folder, $"{Name}:/data/in")).Code.Should().Be(0);
        var back = Path.Combine(_device.Root, "back");
        (await _device.EdgeopAsync("vm", "cp", $"{Name}:/data/in/a [file]*", back)).Code.Should().Be(0);
        (await File.ReadAllTextAsync(back)).Should().Be("content");
        (await _device.EdgeopAsync("vm", "cp", $"{Name}:/no-such-file", back)).Code.Should().Be(1);
    }

    private async Task ConsoleIsAttachedAsync()
    {
        using var console = System.Diagnostics.Process.Start(new ProcessStartInfo("script", ["-qec", $"{_device.Edgeop} vm console {Name} --config {_device.ConfigurationFile}", "/dev/null"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var shown = new StringBuilder();
        var reading = Task.Run(async () =>
        {
            var buffer = new char[1024];
            for (int count; (count = await console.StandardOutput.ReadAsync(buffer)) > 0;)
                lock (shown)
                    shown.Append(buffer, 0, count);
        });
        await ShowsAsync("edgeop: ready");
        await console.StandardInput.WriteAsync('\n');
        await ShowsAsync("#");
        await console.StandardInput.WriteAsync("echo is-$((40+2))-here\n");
        await ShowsAsync("is-42-here");
        (await _device.EdgeopAsync("vm", "console", Name)).Errors.Should().Contain("somebody is attached");
        await console.StandardInput.WriteAsync('\u001d');
        await console.WaitForExitAsync();
        await reading;
        console.ExitCode.Should().Be(0);
        (await _device.EdgeopAsync("logs", $"VirtualMachine/{Name}")).Output.Should().Contain("is-42-here");

        Task ShowsAsync(string text) => Eventually.TrueAsync(
            $"the console shows {text}",
            () =>
            {
                lock (shown)
                    return shown.ToString().Contains(text, StringComparison.Ordinal);
            });
    }

    [Fact]
    public async Task A_machine_whose_new_image_never_answers_goes_back_to_the_last_good_one()
    {
        var good = await RunAsync("stopTimeout: 1s\nhealthTimeout: 20s");
        var empty = Path.Combine(_device.Root, "empty.qcow2");
        await Shell.RunAsync("qemu-img", "create", "-q", "-f", "qcow2", empty, "64M");
        var bad = await _repository.CommitAsync(Files(new GuestImage(empty, Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(empty)))), "stopTimeout: 1s\nhealthTimeout: 20s", disk: 128));
        await _device.ReconcileAsync();

        await _device.SeesAsync(
            "it was rolled back",
            status => status.Applied?.Id == good && status.Desired?.Id == bad && status.Conditions.Any(c => c.Reason == "RolledBack")
                && Machine(status) is { State: "running" } machine && machine.Details["imageDigest"] == $"sha256:{_image.Sha256}",
            Timeout);

        (await _device.EdgeopAsync("history")).Output.Should().Contain("RolledBack").And.Contain("its guest has not answered yet");

        // What has grown meanwhile stays so, which is told and hinders nothing.
        const string Larger = "its disk stays at 128 MiB where 64 MiB is declared";
        (await _device.EdgeopAsync("describe", "VirtualMachine", Name)).Output.Should().Contain(Larger);
        await RunAsync("cpus: 2");
        (await _device.EdgeopAsync("describe", "VirtualMachine", Name)).Output.Should().Contain(Larger);
    }

    [Fact]
    public async Task What_a_guest_keeps_outlives_its_machine()
    {
        await RunAsync("provisioning: {commands: [\"echo kept >/data/note\"]}");

        await _repository.CommitAsync(("other.yaml", Manifests.VirtualMachine("other", _image, "power: stopped")));
        await _device.ReconcileAsync();
        await _device.SeesAsync("the machine is removed", _ => !File.Exists(In("system.qcow2")), Timeout);
        File.Exists(In("data.qcow2")).Should().BeTrue();

        Directory.CreateDirectory(Path.Combine(_device.SharedRoot, "out"));
        await RunAsync($$"""
            sharedFolders: [{host: {{_device.SharedRoot}}/out, guest: /mnt/out}]
            provisioning: {commands: ["cp /data/note /mnt/out"]}
            """);
        (await File.ReadAllTextAsync(Path.Combine(_device.SharedRoot, "out", "note"))).Should().Be("kept\n");
    }

    private async Task<string> RunAsync(string spec = "")
    {
        var revision = await CommitAsync(spec);
        if (_device.IsStarted)
            await _device.ReconcileAsync();
        else
            await _device.StartAsync();
        await _device.ReachesAsync(revision, Timeout);
        return revision;
    }

    private async Task ReconcileAsync()
    {
        await _device.ReconcileAsync();
        await _device.SeesAsync("the change is done", status => status.LastGood?.Id == status.Desired?.Id && Device.Is(status, "Ready"), Timeout);
    }

    private Task<string> CommitAsync(string spec, int memory = 256, int disk = 64) =>
        _repository.CommitAsync(("vm.yaml", Manifests.VirtualMachine(Name, _image, spec, memory, disk)));

    private static (string, string) Files(GuestImage image, string spec, int disk) => ("vm.yaml", Manifests.VirtualMachine(Name, image, spec, disk: disk));

    private async Task<string> BootAsync() => Machine(await _device.StatusAsync())!.Details["bootId"];

    private string Process() => File.ReadAllText(In("process")).Split(' ')[0];

    private string In(string file) => Path.Combine(_device.MachinesFolder, Name, file);

    private static ResourceStatus? Machine(DeviceStatus status) => status.Resources.FirstOrDefault(r => r.Name == Name);
}

/// <summary>One machine at a time: each is as much as a processor can emulate.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Machines
{
    public const string Name = "machines";
}
