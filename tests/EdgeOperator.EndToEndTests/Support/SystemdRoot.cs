using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.EndToEndTests.Support;

/// <summary>The root folder of a Debian with systemd, in which edgeop is installed as <c>make install</c> does it.</summary>
/// <param name="path">Where it lies.</param>
public sealed class SystemdRoot(string path)
{
    private const string Library = "usr/local/lib/edgeop";

    public string Path => path;

    /// <summary>The version that is to run.</summary>
    public string Current => System.IO.Path.GetFileName(new FileInfo(At($"/{Library}/current")).LinkTarget!);

    public bool IsOnTrial => File.Exists(At($"/{Library}/trial"));

    /// <summary>A path of the system as tests see it.</summary>
    public string At(string file) => path + file;

    /// <summary>Has its agent follow a release.</summary>
    public void Commit(Release release, params string[] fields)
    {
        foreach (var suffix in (string[])["", ".sig"])
            File.Copy(release.Archive + suffix, At($"/srv/{System.IO.Path.GetFileName(release.Archive)}{suffix}"), overwrite: true);
        Commit("update.yaml", (release with { Archive = $"/srv/{System.IO.Path.GetFileName(release.Archive)}" }).Manifest(fields));
    }

    /// <summary>Has its agent follow a manifest.</summary>
    public void Commit(string file, string manifest)
    {
        File.WriteAllText(At("/srv/new"), manifest);
        File.Move(At("/srv/new"), At($"/srv/fleet/{file}"), overwrite: true);
    }

    /// <summary>Writes a script into it.</summary>
    public void Script(string file, string commands)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(At(file))!);
        File.WriteAllText(At(file), $"#!/bin/sh\n{commands}\n");
        File.SetUnixFileMode(At(file), (UnixFileMode)0b111_101_101);
    }

    /// <summary>Has its apt know a repository, and nothing else.</summary>
    public async Task UseAsync(PackageRepository repository)
    {
        File.WriteAllBytes(At("/etc/apt/test.gpg"), repository.PublicKey);
        File.WriteAllText(At("/etc/apt/sources.list"), "deb [signed-by=/etc/apt/test.gpg] copy:/srv/repository ./\n");
        await Shell.RunAsync("sh", "-c", $"rm -rf {At("/srv/repository")} && cp -r {repository.Files} {At("/srv/repository")} && chmod -R a+rX {At("/srv/repository")}");
    }

    /// <param name="engine">The engine's socket, as agent.yaml names it.</param>
    /// <param name="owner">Whose containers its agent takes for its own.</param>
    public void Install(Releases releases, string version, string engine, string owner)
    {
        var (source, library) = (EdgeopBinary.RepositoryRoot, At($"/{Library}"));
        releases.Install(System.IO.Path.Combine(library, "versions", version), version);
        File.Copy(System.IO.Path.Combine(source, "src/supervisor/edgeop-supervisor"), System.IO.Path.Combine(library, "supervisor"));
        File.CreateSymbolicLink(System.IO.Path.Combine(library, "current"), $"versions/{version}");
        File.CreateSymbolicLink(At("/usr/local/bin/edgeop"), "../lib/edgeop/current/edgeop");
        Directory.CreateDirectory(At("/srv/fleet"));
        Directory.CreateDirectory(At("/etc/edgeoperator"));
        File.Copy(releases.Key, At("/etc/edgeoperator/release.pub"));
        File.WriteAllText(At("/srv/fleet/motd.yaml"), Manifests.ConfigFile("motd", "/etc/motd", "hello\n"));
        File.WriteAllText(At("/etc/edgeoperator/agent.yaml"), $$$"""
            apiVersion: edgeoperator.io/v1alpha1
            kind: AgentConfiguration
            spec:
              device: {name: test-device}
              sources: [{name: fleet, directory: {path: /srv/fleet}}]
              engine: {socket: {{{engine}}}, owner: {{{owner}}}}
              updates: {agentKeys: [/etc/edgeoperator/release.pub]}
              reconcile: {stableFor: 100ms}
              secrets: {seal: host}

            """);
        foreach (var unit in (string[])["edgeop.service", "edgeop-trial.service"])
            File.Copy(System.IO.Path.Combine(source, "manifests/systemd", unit), At($"/etc/systemd/system/{unit}"));
        File.CreateSymbolicLink(At("/etc/systemd/system/multi-user.target.wants/edgeop.service"), "/etc/systemd/system/edgeop.service");
    }
}
