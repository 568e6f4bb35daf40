using EdgeOperator.Testing;

namespace EdgeOperator.EndToEndTests.Support;

/// <summary>A Debian whose first process is a real systemd, in namespaces and a control group of its own, with edgeop installed as <c>make install</c> does it.</summary>
public sealed class SystemdHost : IAsyncDisposable
{
    // Its own root, /proc, control groups and /run; /dev is the machine's. A reboot ends the first process of a process
    // namespace by SIGHUP, a power cut by SIGKILL: then it boots again.
    private const string Boot = """
        root=$1 group=$2 engine=$3
        mkdir -p $group; echo $$ >$group/cgroup.procs
        trap 'kill -9 $child; wait; exit' TERM
        while :; do
            echo boot >>$root.boots
            unshare -C -m -p -u -i -n --fork --kill-child sh -ec "
                mount --make-rprivate / && mount --bind $root $root && mount -t proc proc $root/proc && mount -t sysfs -o ro sysfs $root/sys
                [ -z '$engine' ] || mount --bind '$engine' $root/srv/engine.sock
                mount -t tmpfs tmpfs $root/sys/fs/cgroup; mount -t cgroup2 cgroup2 $root/sys/fs/cgroup && mount -t tmpfs tmpfs $root/run && mount -t tmpfs tmpfs $root/tmp
                mount --rbind /dev $root/dev && mount --make-rshared $root
                exec chroot $root env -i container=test PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --log-target=console --show-status=0" &
            child=$!
            code=0; wait $child || code=$?
            # unshare can't end by a SIGKILL of its own.
            case $code in 1 | 129 | 137) ;; *) exit $code ;; esac
        done
        """;

    private readonly TempFolder _folder = new("sysd");
    private GuardedProcess? _systemd;

    private readonly SystemdRoot _root;

    private SystemdHost() => _root = new(_folder.File("root"));

    /// <summary>The version that is to run.</summary>
    public string Current => _root.Current;

    public bool IsOnTrial => _root.IsOnTrial;

    /// <summary>What systemd and all of its services have logged.</summary>
    public string Log => _systemd?.Log ?? "";

    /// <summary>How often it has booted.</summary>
    public int Boots => File.ReadAllLines(_folder.File("root.boots")).Length;

    /// <param name="version">The version that it has at first.</param>
    /// <param name="engine">The container engine that its agent uses, beside the machine and so not rebooted with it; null for none.</param>
    /// <param name="owner">Whose containers its agent takes for its own.</param>
    /// <param name="hasDocker">Whether it has a container engine of its own, from Debian's package <c>docker.io</c>.</param>
    public static async Task<SystemdHost> StartAsync(Releases releases, string version, PrivateEngine? engine = null, string owner = "test", bool hasDocker = false)
    {
        var host = new SystemdHost();
        try
        {
            await Shell.RunAsync("cp", "-a", hasDocker ? await DockerImageAsync() : await ImageAsync(), host._root.Path);
            host._root.Install(releases, version, engine is null ? "auto" : "unix:///srv/engine.sock", owner);
            File.WriteAllText(host.At("/srv/engine.sock"), "");
            host._systemd = GuardedProcess.Start(host._folder.File("log"), "true", "sh", "-c", Boot, "boot", host._root.Path, await GroupAsync(Path.GetFileName(host._folder)), engine?.SocketPath ?? "");
            await Eventually.SucceedsAsync(async () => (await host.RunAsync("edgeop", "status")).Should().Contain("test-device"), Eventually.Slow);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc cref="SystemdRoot.Commit(Release, string[])"/>
    public void Commit(Release release, params string[] fields) => _root.Commit(release, fields);

    /// <inheritdoc cref="SystemdRoot.Commit(string, string)"/>
    public void Commit(string file, string manifest) => _root.Commit(file, manifest);

    /// <inheritdoc cref="SystemdRoot.At"/>
    public string At(string path) => _root.At(path);

    /// <inheritdoc cref="SystemdRoot.Script"/>
    public void Script(string path, string commands) => _root.Script(path, commands);

    /// <inheritdoc cref="SystemdRoot.UseAsync"/>
    public Task UseAsync(PackageRepository repository) => _root.UseAsync(repository);

    /// <summary>Runs a program in it, for ten seconds at most: a shutdown stops what runs, and with it the program that has entered it from outside.</summary>
    /// <returns>What it printed.</returns>
    public Task<string> RunAsync(params string[] command) => Shell.RunAsync("timeout", ["-s", "KILL", "10", "nsenter", "-t", First(), "-m", "-p", "-u", "-i", "-n", "-C", "-r", .. command]);

    /// <summary>Cuts its power: everything ends at once, and it boots again.</summary>
    public Task CutPowerAsync() => Shell.RunAsync("kill", "-9", First());

    /// <summary>The number of its first process: the child of the one that makes its namespaces.</summary>
    private string First()
    {
        var makes = ChildOf($"{_systemd!.Id}");
        return File.ReadAllText($"/proc/{makes}/comm").Trim() == "unshare" ? ChildOf(makes) : throw new InvalidOperationException("it does not run now");

        static string ChildOf(string process) => File.ReadAllText($"/proc/{process}/task/{process}/children").Split(' ') is [{ Length: > 0 } child, ..] ? child : throw new InvalidOperationException("it does not run now");
    }

    public async ValueTask DisposeAsync()
    {
        if (_systemd is not null)
            await _systemd.DisposeAsync();
        await Shell.RunAsync("sh", "-c", $"rm -rf --one-file-system {_folder}; rmdir $(find /sys/fs/cgroup -depth -type d -path '*/{Path.GetFileName(_folder)}*') 2>/dev/null || true");
        _folder.Dispose();
    }

    private static Task<string> ImageAsync() => ImageAsync("edgeop-systemd-upgrades-root", "systemd,systemd-sysv,dbus,unattended-upgrades");

    // The package lies in the image as well, for tests to make a newer one of it. No bridge: the machine's firewall is not the test's.
    private static Task<string> DockerImageAsync() => ImageAsync("edgeop-systemd-docker-root", "systemd,systemd-sysv,dbus,docker.io", "--aptopt=APT::Install-Recommends \"false\"",
        "--customize-hook=cd \"$1/srv\" && chroot \"$1\" sh -c 'cd /srv && apt-get -q download docker.io'",
        "--customize-hook=mkdir -p \"$1/etc/docker\" && echo '{\"iptables\": false, \"ip6tables\": false, \"bridge\": \"none\"}' >\"$1/etc/docker/daemon.json\"");

    /// <summary>Made once on a machine.</summary>
    private static async Task<string> ImageAsync(string name, string packages, params string[] options)
    {
        var image = Path.Combine(Path.GetTempPath(), name);
        if (!Directory.Exists(image))
        {
            await Shell.RunAsync("rm", "-rf", $"{image}.new");
            await Shell.RunAsync("mmdebstrap", ["--quiet", "--variant=minbase", $"--include={packages}", .. options, "bookworm", $"{image}.new"]);
            Directory.Move($"{image}.new", image);
        }

        return image;
    }

    // Where the second version of control groups is mounted.
    private static async Task<string> GroupAsync(string name) => Path.Combine((await Shell.RunAsync("findmnt", "-n", "-o", "TARGET", "-t", "cgroup2")).Split('\n')[0].Trim(), name);
}
