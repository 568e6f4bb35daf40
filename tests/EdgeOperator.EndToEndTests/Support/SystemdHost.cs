using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.EndToEndTests.Support;

/// <summary>A Debian whose first process is a real systemd, in namespaces and a control group of its own, with edgeop installed as <c>make install</c> does it.</summary>
public sealed class SystemdHost : IAsyncDisposable
{
    private const string Library = "usr/local/lib/edgeop";

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

    private string Root => _folder.File("root");

    /// <summary>The folder that its agent follows.</summary>
    private string Fleet => Path.Combine(Root, "srv/fleet");

    /// <summary>The version that is to run.</summary>
    public string Current => Path.GetFileName(new FileInfo(Path.Combine(Root, Library, "current")).LinkTarget!);

    public bool IsOnTrial => File.Exists(Path.Combine(Root, Library, "trial"));

    /// <summary>What systemd and all of its services have logged.</summary>
    public string Log => _systemd?.Log ?? "";

    /// <summary>How often it has booted.</summary>
    public int Boots => File.ReadAllLines(_folder.File("root.boots")).Length;

    /// <param name="version">The version that it has at first.</param>
    /// <param name="engine">The container engine that its agent uses, beside the machine and so not rebooted with it; null for none.</param>
    /// <param name="owner">Whose containers its agent takes for its own.</param>
    public static async Task<SystemdHost> StartAsync(Releases releases, string version, PrivateEngine? engine = null, string owner = "test")
    {
        var host = new SystemdHost();
        try
        {
            await host.InstallAsync(releases, version, engine is not null, owner);
            host._systemd = GuardedProcess.Start(host._folder.File("log"), "true", "sh", "-c", Boot, "boot", host.Root, await GroupAsync(Path.GetFileName(host._folder)), engine?.SocketPath ?? "");
            await Eventually.SucceedsAsync(async () => (await host.RunAsync("edgeop", "status")).Should().Contain("test-device"), Eventually.Slow);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Has its agent follow a release.</summary>
    public void Commit(Release release, params string[] fields)
    {
        foreach (var suffix in (string[])["", ".sig"])
            File.Copy(release.Archive + suffix, Path.Combine(Root, "srv", Path.GetFileName(release.Archive) + suffix), overwrite: true);
        Commit("update.yaml", (release with { Archive = $"/srv/{Path.GetFileName(release.Archive)}" }).Manifest(fields));
    }

    /// <summary>A path of the system as tests see it.</summary>
    public string At(string path) => Root + path;

    /// <summary>Has its agent follow a manifest.</summary>
    public void Commit(string file, string manifest)
    {
        File.WriteAllText(Path.Combine(Root, "srv/new"), manifest);
        File.Move(Path.Combine(Root, "srv/new"), Path.Combine(Fleet, file), overwrite: true);
    }

    /// <summary>Writes a script into it.</summary>
    public void Script(string path, string commands)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(path))!);
        File.WriteAllText(At(path), $"#!/bin/sh\n{commands}\n");
        File.SetUnixFileMode(At(path), (UnixFileMode)0b111_101_101);
    }

    /// <summary>Has its apt know a repository, and nothing else.</summary>
    public async Task UseAsync(PackageRepository repository)
    {
        File.WriteAllBytes(At("/etc/apt/test.gpg"), repository.PublicKey);
        File.WriteAllText(At("/etc/apt/sources.list"), "deb [signed-by=/etc/apt/test.gpg] copy:/srv/repository ./\n");
        await Shell.RunAsync("sh", "-c", $"rm -rf {At("/srv/repository")} && cp -r {repository.Files} {At("/srv/repository")} && chmod -R a+rX {At("/srv/repository")}");
    }

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

    private async Task InstallAsync(Releases releases, string version, bool hasEngine, string owner)
    {
        var image = await ImageAsync();
        await Shell.RunAsync("cp", "-a", image, Root);
        var (source, library) = (EdgeopBinary.RepositoryRoot, Path.Combine(Root, Library));
        releases.Install(Path.Combine(library, "versions", version), version);
        File.Copy(Path.Combine(source, "src/supervisor/edgeop-supervisor"), Path.Combine(library, "supervisor"));
        File.CreateSymbolicLink(Path.Combine(library, "current"), $"versions/{version}");
        File.CreateSymbolicLink(Path.Combine(Root, "usr/local/bin/edgeop"), "../lib/edgeop/current/edgeop");
        Directory.CreateDirectory(Fleet);
        Directory.CreateDirectory(Path.Combine(Root, "etc/edgeoperator"));
        File.Copy(releases.Key, Path.Combine(Root, "etc/edgeoperator/release.pub"));
        File.WriteAllText(Path.Combine(Fleet, "motd.yaml"), Manifests.ConfigFile("motd", "/etc/motd", "hello\n"));
        File.WriteAllText(Path.Combine(Root, "srv/engine.sock"), "");
        File.WriteAllText(Path.Combine(Root, "etc/edgeoperator/agent.yaml"), $$$"""
            apiVersion: edgeoperator.io/v1alpha1
            kind: AgentConfiguration
            spec:
              device: {name: test-device}
              sources: [{name: fleet, directory: {path: /srv/fleet}}]
              engine: {socket: {{{(hasEngine ? "unix:///srv/engine.sock" : "auto")}}}, owner: {{{owner}}}}
              updates: {agentKeys: [/etc/edgeoperator/release.pub]}
              reconcile: {stableFor: 100ms}
              secrets: {seal: host}

            """);
        foreach (var unit in (string[])["edgeop.service", "edgeop-trial.service"])
            File.Copy(Path.Combine(source, "manifests/systemd", unit), Path.Combine(Root, "etc/systemd/system", unit));
        File.CreateSymbolicLink(Path.Combine(Root, "etc/systemd/system/multi-user.target.wants/edgeop.service"), "/etc/systemd/system/edgeop.service");
    }

    /// <summary>Made once on a machine.</summary>
    private static async Task<string> ImageAsync()
    {
        var image = Path.Combine(Path.GetTempPath(), "edgeop-systemd-upgrades-root");
        if (!Directory.Exists(image))
        {
            await Shell.RunAsync("sh", "-c", $"rm -rf {image}.new && mmdebstrap --quiet --variant=minbase --include=systemd,systemd-sysv,dbus,unattended-upgrades bookworm {image}.new && mv {image}.new {image}");
        }

        return image;
    }

    // Where the second version of control groups is mounted.
    private static async Task<string> GroupAsync(string name) => Path.Combine((await Shell.RunAsync("findmnt", "-n", "-o", "TARGET", "-t", "cgroup2")).Split('\n')[0].Trim(), name);
}
