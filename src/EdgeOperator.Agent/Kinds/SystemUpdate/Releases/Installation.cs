using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.Versioning;
using System.Text;
using EdgeOperator.Core.Kinds.SystemUpdate.Releases;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Kinds.SystemUpdate.Releases;

/// <summary>
/// The versions of edgeop that lie beside each other, and the files by which the agent and the supervisor (<c>src/supervisor</c>, which
/// describes them) agree on which one is to run.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class Installation(string folder)
{
    /// <summary>The variable by which the supervisor, or its unit, names this folder to the agent that it starts.</summary>
    public const string Variable = "EDGEOP_SUPERVISED_BY";

    /// <summary>How often a version may be started before it has completed a pass.</summary>
    public const int Starts = 3;

    private const int LargestFile = 16 * 1024;
    private const string Digest = ".sha256";

    private readonly string _trial = Path.Combine(folder, "trial");
    private readonly string _failed = Path.Combine(folder, "failed");
    private readonly string _current = Path.Combine(folder, "current");

    public string Versions { get; } = Path.Combine(folder, "versions");

    public string PathOf(string version) => Path.Combine(Versions, version);

    /// <summary>The version to start next; null when that can't be told.</summary>
    public string? Current => File.ResolveLinkTarget(_current, returnFinalTarget: false) is { } target ? Path.GetFileName(target.FullName) : null;

    /// <summary>Why the agent can't change its version; null when it can.</summary>
    /// <param name="folder">What <see cref="Variable"/> says.</param>
    /// <param name="program">The running program.</param>
    /// <param name="version">Its version.</param>
    public static string? ProblemOf(string? folder, string? program, string version)
    {
        if (folder is not { Length: > 0 })
            return "it was started by itself; have it started by the supervisor (make install)";
        var installed = new Installation(Real(folder)).PathOf(version);
        return Path.GetDirectoryName(program) == installed
            ? null
            : $"version {version} runs from {program}, and belongs into {installed}";
    }

    /// <param name="running">The program of the running agent.</param>
    public ImmutableArray<InstalledRelease> Installed(string? running)
    {
        if (!Directory.Exists(Versions))
            return [];
        var current = Current;
        var programs = new Lazy<HashSet<string>>(RunningPrograms);
        return
        [
            .. new DirectoryInfo(Versions).EnumerateDirectories()
                .Where(version => !version.Name.StartsWith('.'))
                .Select(version => new InstalledRelease(version.Name, DigestOf(version.FullName), version.Name == current || version.FullName == Path.GetDirectoryName(running) || programs.Value.Contains(version.FullName)))
                .OrderBy(version => version.Version, StringComparer.Ordinal),
        ];
    }

    /// <summary>Null when no version is on trial, or its file can't be read: the supervisor has no trial then either.</summary>
    public Trial? ReadTrial() => Read(_trial) is { } fields && fields.TryGetValue("from", out var from) && fields.TryGetValue("to", out var to)
        ? new(from, to, fields.GetValueOrDefault("engine") == "yes")
        : null;

    public FailedRelease? ReadFailed() => Read(_failed) is { } fields && fields.TryGetValue("version", out var version)
        ? new(version, fields.GetValueOrDefault("revision", ""), fields.GetValueOrDefault("reason", "it did not prove itself"))
        : null;

    /// <summary>Has the next start be that of another version, on trial. Cut short anywhere, the next start is of the one or the other.</summary>
    /// <exception cref="IOException">The disk is full or failed; nothing has changed then.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    public void Begin(Trial trial, TimeSpan deadline, string revision)
    {
        AtomicFile.Delete(_failed);
        var text = string.Create(CultureInfo.InvariantCulture, $"from={trial.From}\nto={trial.To}\nstarts={Starts}\ndeadline={(long)deadline.TotalSeconds}\nrevision={revision}\nengine={(trial.SawEngine ? "yes" : "no")}\n");
        AtomicFile.Write(_trial, Encoding.UTF8.GetBytes(text), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        var next = _current + ".next";
        File.Delete(next);
        File.CreateSymbolicLink(next, Path.Combine("versions", trial.To));
        Posix.Rename(next, _current);
        AtomicFile.SyncFolder(folder);
    }

    /// <summary>Ends the trial: the version stays.</summary>
    public void Confirm() => AtomicFile.Delete(_trial);

    /// <summary>Puts a version that was unpacked and verified into its place, as a whole.</summary>
    public void Add(string unpacked, string version, string sha256)
    {
        AtomicFile.Write(Path.Combine(unpacked, Digest), Encoding.UTF8.GetBytes(sha256 + "\n"));
        var place = PathOf(version);
        if (Directory.Exists(place))
            Remove(version);
        Directory.Move(unpacked, place);
        AtomicFile.SyncFolder(Versions);
    }

    /// <summary>Deletes a version. What is left by a kill is no version any more.</summary>
    public void Remove(string version)
    {
        var gone = Path.Combine(Versions, ".removed");
        Clear(gone);
        Directory.Move(PathOf(version), gone);
        AtomicFile.SyncFolder(Versions);
        Clear(gone);
    }

    public static void Clear(string path)
    {
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
    }

    public static string Real(string path) => Directory.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));

    private static string? DigestOf(string version) =>
        File.Exists(Path.Combine(version, Digest)) ? ReferencedFile.ReadText(Path.Combine(version, Digest), LargestFile).Trim() : null;

    /// <summary>The folders of all programs that run.</summary>
    private static HashSet<string> RunningPrograms()
    {
        var folders = new HashSet<string>(StringComparer.Ordinal);
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(name => char.IsAsciiDigit(Path.GetFileName(name)[0])))
        {
            try
            {
                if (new FileInfo(Path.Combine(process, "exe")).LinkTarget is { } program && Path.GetDirectoryName(program) is { } of)
                    folders.Add(of);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has ended, or is none of ours.
            }
        }

        return folders;
    }

    private static Dictionary<string, string>? Read(string file)
    {
        try
        {
            return ReferencedFile.ReadText(file, LargestFile).Split('\n')
                .Select(line => line.Split('=', 2))
                .Where(parts => parts.Length == 2)
                .GroupBy(parts => parts[0], StringComparer.Ordinal)
                .ToDictionary(parts => parts.Key, parts => parts.Last()[1], StringComparer.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

/// <param name="SawEngine">The agent before saw a container engine, so the new one has to see it too.</param>
internal sealed record Trial(string From, string To, bool SawEngine);
