using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.EndToEndTests.Support;

/// <summary>A Debian whose first process is a real systemd, in namespaces and a control group of its own, with edgeop installed as <c>make install</c> does it.</summary>
public sealed class SystemdHost : IAsyncDisposable
{
    private const string Library = "usr/local/lib/edgeop";

    // Its own root, /proc, control groups and /run; /dev is the machine's.
    private const string Boot = """
        set -e
        root=$1 group=$2
        mkdir -p $group; echo $$ >$group/cgroup.procs
        exec unshare -C -m -p -u -i -n --fork --kill-child sh -c "
            mount --make-rprivate / && mount --bind $root $root && mount -t proc proc $root/proc && mount -t sysfs -o ro sysfs $root/sys
            mount -t tmpfs tmpfs $root/sys/fs/cgroup; mount -t cgroup2 cgroup2 $root/sys/fs/cgroup && mount -t tmpfs tmpfs $root/run && mount -t tmpfs tmpfs $root/tmp
            mount --rbind /dev $root/dev && mount --make-rshared $root
            exec chroot $root env -i container=test PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --log-target=console --show-status=0"
        """;

    private readonly TempFolder _folder = new("sysd");
    private GuardedProcess? _systemd;

    private string Root => _folder.File("root");

    /// <summary>The folder that its agent follows.</summary>
    private string Fleet => Path.Combine(Root, "srv/fleet");

    /// <summary>The version that is to run.</summary>
    public string Current => Path.GetFileName(new FileInfo(Path.Combine(Root, Library, "current")).LinkTarget!);

    public bool IsOnTrial => File.Exists(Path.Combine(Root, Library, "trial"));

    /// <param name="version">The version that it has at first.</param>
    public static async Task<SystemdHost> StartAsync(Releases releases, string version)
    {
        var host = new SystemdHost();
        try
        {
            await host.InstallAsync(releases, version);
            host._systemd = GuardedProcess.Start(host._folder.File("log"), "true", "sh", "-c", Boot, "boot", host.Root, await GroupAsync(Path.GetFileName(host._folder)));
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
        File.WriteAllText(Path.Combine(Root, "srv/new"), (release with { Archive = $"/srv/{Path.GetFileName(release.Archive)}" }).Manifest(fields));
        File.Move(Path.Combine(Root, "srv/new"), Path.Combine(Fleet, "update.yaml"), overwrite: true);
    }

    /// <summary>Runs a program in it.</summary>
    /// <returns>What it printed.</returns>
    public Task<string> RunAsync(params string[] command)
    {
        var first = File.ReadAllText($"/proc/{_systemd!.Id}/task/{_systemd.Id}/children").Split(' ')[0];
        return Shell.RunAsync("nsenter", ["-t", first, "-m", "-p", "-u", "-i", "-n", "-C", "-r", .. command]);
    }

    public async ValueTask DisposeAsync()
    {
        if (_systemd is not null)
            await _systemd.DisposeAsync();
        await Shell.RunAsync("sh", "-c", $"rm -rf --one-file-system {_folder}; rmdir $(find /sys/fs/cgroup -depth -type d -path '*/{Path.GetFileName(_folder)}*') 2>/dev/null || true");
        _folder.Dispose();
    }

    private async Task InstallAsync(Releases releases, string version)
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
        File.WriteAllText(Path.Combine(Root, "etc/edgeoperator/agent.yaml"), """
            apiVersion: edgeoperator.io/v1alpha1
            kind: AgentConfiguration
            spec:
              device: {name: test-device}
              sources: [{name: fleet, directory: {path: /srv/fleet}}]
              updates: {agentKeys: [/etc/edgeoperator/release.pub]}
              reconcile: {stableFor: 100ms}

            """);
        foreach (var unit in (string[])["edgeop.service", "edgeop-trial.service"])
            File.Copy(Path.Combine(source, "manifests/systemd", unit), Path.Combine(Root, "etc/systemd/system", unit));
        File.CreateSymbolicLink(Path.Combine(Root, "etc/systemd/system/multi-user.target.wants/edgeop.service"), "/etc/systemd/system/edgeop.service");
    }

    /// <summary>Made once on a machine.</summary>
    private static async Task<string> ImageAsync()
    {
        var image = Path.Combine(Path.GetTempPath(), "edgeop-systemd-root");
        if (!Directory.Exists(image))
        {
            await Shell.RunAsync("sh", "-c", $"rm -rf {image}.new && mmdebstrap --quiet --variant=minbase --include=systemd,systemd-sysv,dbus bookworm {image}.new && mv {image}.new {image}");
        }

        return image;
    }

    // Where the second version of control groups is mounted.
    private static async Task<string> GroupAsync(string name) => Path.Combine((await Shell.RunAsync("findmnt", "-n", "-o", "TARGET", "-t", "cgroup2")).Split('\n')[0].Trim(), name);
}
