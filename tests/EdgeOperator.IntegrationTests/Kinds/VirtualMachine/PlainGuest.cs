using System.Diagnostics;
using System.Formats.Tar;
using System.Net.Sockets;
using System.Text;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Kinds.VirtualMachine;

/// <summary>A guest under plain QEMU, without anything of the agent: what is true of it is the image's own doing.</summary>
internal sealed class PlainGuest : IAsyncDisposable
{
    /// <summary>Starting takes some seconds, and on a busy machine many.</summary>
    public static readonly TimeSpan BootDeadline = TimeSpan.FromMinutes(3);

    private readonly TempFolder _folder = new("gu");
    private readonly int _ssh = FreePort.Next();
    private readonly int _health = FreePort.Next();
    private GuardedProcess? _qemu;

    private readonly GuestImage _image;
    private readonly int _memory;

    private PlainGuest(GuestImage image, int memory) => (_image, _memory) = (image, memory);

    /// <summary>Host folders that the guest sees, one to write to and one to read.</summary>
    public string Writable => _folder.Path + "/rw";

    public string ReadOnly => _folder.Path + "/ro";

    public string Console => File.Exists(ConsolePath) ? File.ReadAllText(ConsolePath) : "";

    public bool IsRunning => _qemu is { IsRunning: true };

    public string Key => _folder.Path + "/key";

    private string ConsolePath => _folder.Path + "/console.log";

    private string Data => _folder.Path + "/data.qcow2";

    /// <summary>Makes a guest with a blank data disk, not started.</summary>
    /// <param name="image">Absent means the minimal one.</param>
    /// <param name="memory">MiB.</param>
    public static async Task<PlainGuest> CreateAsync(GuestImage? image = null, int memory = 256)
    {
        var guest = new PlainGuest(image ?? await GuestImage.MinimalAsync(), memory);
        Directory.CreateDirectory(guest.Writable);
        Directory.CreateDirectory(guest.ReadOnly);
        await KeyAsync(guest.Key);
        await KeyAsync(guest._folder.Path + "/host");
        await Shell.RunAsync("qemu-img", "create", "-q", "-f", "qcow2", guest.Data, "512M");
        await File.WriteAllBytesAsync(guest._folder.Path + "/seed.tar", guest.Seed());
        return guest;
    }

    public static Task KeyAsync(string path) => Shell.RunAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", path);

    /// <summary>A seed that lets the test in and has other members besides; those named here go before.</summary>
    public byte[] Seed(params (string Name, string Content)[] members) => Tar(
    [
        .. members,
        .. ((string Name, string Content)[])
        [
            ("authorized_keys", File.ReadAllText(Key + ".pub")),
            ("ssh_host_ed25519_key", File.ReadAllText(_folder.Path + "/host")),
            ("hostname", "box\n"),
            ("shares", "rw\trw\t/work/rw\nro\tro\t/mnt/with space\n"),
        ],
    ]);

    public static byte[] Tar(params (string Name, string Content)[] members)
    {
        using var stream = new MemoryStream();
        using (var tar = new TarWriter(stream, TarEntryFormat.Gnu, leaveOpen: true))
        {
            foreach (var (name, content) in members.DistinctBy(m => m.Name))
            {
                using var data = new MemoryStream(Encoding.UTF8.GetBytes(content));
                tar.WriteEntry(new GnuTarEntry(TarEntryType.RegularFile, name) { DataStream = data, Mode = (UnixFileMode)0b110_100_000 });
            }
        }

        return stream.ToArray();
    }

    /// <summary>Starts it and waits until it answers.</summary>
    public async Task StartAsync()
    {
        File.Delete(ConsolePath);
        File.Delete(_folder.Path + "/system.qcow2");
        await Shell.RunAsync("qemu-img", "create", "-q", "-f", "qcow2", "-b", _image.Path, "-F", "qcow2", _folder.Path + "/system.qcow2");
        _qemu = GuardedProcess.Start(_folder.Path + "/qemu.log", "", [
            "qemu-system-x86_64", "-nodefaults", "-no-user-config", "-display", "none", "-machine", "q35,accel=tcg", "-cpu", "max", "-m", $"{_memory}",
            "-drive", $"file={_folder}/system.qcow2,if=none,id=system", "-device", "virtio-blk-pci,drive=system",
            "-drive", $"file={Data},if=none,id=data", "-device", "virtio-blk-pci,drive=data,serial=data",
            "-netdev", $"user,id=net,hostfwd=tcp:127.0.0.1:{_ssh}-:22,hostfwd=tcp:127.0.0.1:{_health}-:8088", "-device", "virtio-net-pci,netdev=net",
            "-device", "virtio-rng-pci",
            "-fw_cfg", $"name=opt/io.edgeoperator/seed,file={_folder}/seed.tar",
            "-fsdev", $"local,id=rw,path={Writable},security_model=mapped-xattr,fmode=0644,dmode=0755", "-device", "virtio-9p-pci,fsdev=rw,mount_tag=rw",
            "-fsdev", $"local,id=ro,path={ReadOnly},security_model=mapped-xattr,readonly=on", "-device", "virtio-9p-pci,fsdev=ro,mount_tag=ro",
            "-chardev", $"file,id=console,path={ConsolePath},append=on", "-serial", "chardev:console",
            "-qmp", $"unix:{_folder}/qmp,server=on,wait=off",
        ]);
        var answers = false;
        await Eventually.TrueAsync(
            "sshd answers", async () => !IsRunning || (answers = (await RunAsync("true")).Code == 0), BootDeadline);
        if (!answers)
        {
            throw new InvalidOperationException($"The machine has ended: {_qemu.Log}{Console}");
        }
    }

    /// <summary>Waits until it has switched itself off.</summary>
    public Task StoppedAsync() => Eventually.TrueAsync("the machine is off", () => !IsRunning, BootDeadline);

    /// <summary>Ends QEMU as a loss of power would.</summary>
    public async Task KillAsync()
    {
        _qemu!.Kill();
        await _qemu.DisposeAsync();
    }

    public Task ResizeAsync(string size) => Shell.RunAsync("qemu-img", "resize", "-q", Data, size);

    /// <summary>Changes what is on the data disk while the machine is off.</summary>
    public async Task WriteToDataDiskAsync(long offset, byte[] content)
    {
        var file = _folder.Path + "/content";
        await File.WriteAllBytesAsync(file, content);
        await Shell.RunAsync("qemu-io", "-f", "qcow2", "-c", $"write -s {file} {offset} {content.Length}", Data);
    }

    /// <summary>Runs a command line as root.</summary>
    public Task<(int Code, string Output, string Errors)> RunAsync(string command, byte[]? input = null) => SshAsync("root", Key, command, input);

    /// <returns>What the command printed.</returns>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public async Task<string> ReadAsync(string command, byte[]? input = null)
    {
        var (code, output, errors) = await RunAsync(command, input);
        return code == 0 ? output.TrimEnd('\n') : throw new InvalidOperationException($"{command} ended with {code}: {errors}{output}");
    }

    public async Task<(int Code, string Output, string Errors)> SshAsync(string user, string key, string command, byte[]? input = null, params string[] options)
    {
        string[] arguments =
        [
            "-F", "none", "-i", key, "-p", $"{_ssh}", .. options, "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none",
            "-o", "StrictHostKeyChecking=yes", "-o", $"UserKnownHostsFile={KnownHosts()}", "-o", "ConnectTimeout=10", "-o", "LogLevel=ERROR", $"{user}@127.0.0.1", command,
        ];
        using var process = Process.Start(new ProcessStartInfo("ssh", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input ?? []);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading; its exit code tells.
        }

        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await errors);
    }

    /// <summary>Leads a Unix socket of the host to one of the guest for as long as the result lives.</summary>
    public (GuardedProcess Tunnel, string Socket) Forward(string guestSocket)
    {
        var socket = _folder.Path + "/forwarded";
        return (GuardedProcess.Start(_folder.Path + "/ssh.log", "", [
            "ssh", "-F", "none", "-N", "-i", Key, "-p", $"{_ssh}", "-L", $"{socket}:{guestSocket}", "-o", "StreamLocalBindUnlink=yes", "-o", "BatchMode=yes",
            "-o", $"UserKnownHostsFile={KnownHosts()}", "root@127.0.0.1",
        ]), socket);
    }

    public async Task<(int Status, string Body)> HealthAsync()
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };
        using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{_health}/healthz"));
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Has QEMU do something: a command of QMP, in JSON.</summary>
    public async Task QmpAsync(string command)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(_folder.Path + "/qmp"));
        await using var stream = new NetworkStream(socket);
        using var reader = new StreamReader(stream);
        await reader.ReadLineAsync();
        foreach (var line in (string[])["""{"execute":"qmp_capabilities"}""", command])
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"));
            while (await reader.ReadLineAsync() is { } answer && !answer.StartsWith("""{"return""", StringComparison.Ordinal))
            {
                if (answer.StartsWith("""{"error""", StringComparison.Ordinal))
                {
                    throw new InvalidOperationException(answer);
                }
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_qemu is not null)
        {
            await _qemu.DisposeAsync();
        }

        _folder.Dispose();
    }

    private string KnownHosts()
    {
        var path = _folder.Path + "/known_hosts";
        File.WriteAllText(path, $"[127.0.0.1]:{_ssh} {File.ReadAllText(_folder.Path + "/host.pub")}");
        return path;
    }
}
