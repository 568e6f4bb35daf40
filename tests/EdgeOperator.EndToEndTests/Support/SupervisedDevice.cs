using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.EndToEndTests.Support;

/// <summary>A device whose agent is installed as <c>make install</c> does it, and runs under the supervisor. It follows a folder.</summary>
public sealed class SupervisedDevice : IAsyncDisposable
{
    private readonly TempFolder _folder = new("sup");
    private GuardedProcess? _supervisor;

    public SupervisedDevice(Site site, Releases releases, string deadline = "2m")
    {
        Directory.CreateDirectory(Fleet);
        Directory.CreateDirectory(_folder.File("lib"));
        File.Copy(Path.Combine(EdgeopBinary.RepositoryRoot, "src", "supervisor", "edgeop-supervisor"), Supervisor);
        releases.Install(Path.Combine(Versions, Releases.First), Releases.First);
        File.CreateSymbolicLink(_folder.File("lib/current"), $"versions/{Releases.First}");
        Device = new(_folder.File("lib/current/edgeop"), site.Engine, Fleet, new() { AgentKey = releases.Key, StableFor = "100ms", Deadline = deadline });
    }

    public Device Device { get; }

    public string Versions => _folder.File("lib/versions");

    /// <summary>What the supervisor and all agents have logged.</summary>
    public string Log => _supervisor?.Log ?? "";

    private string Fleet => _folder.File("fleet");

    private string Supervisor => _folder.File("lib/supervisor");

    /// <summary>Changes the folder that the device follows.</summary>
    public void Commit(string file, string content)
    {
        // As a whole, as a deployment tool does it: not every moment's content is a revision.
        File.WriteAllText(_folder.File(file + ".new"), content);
        File.Move(_folder.File(file + ".new"), Path.Combine(Fleet, file), overwrite: true);
    }

    public void Start(params string[] environment) => _supervisor = GuardedProcess.Start(
        _folder.File("supervisor.log"), "true", ["env", .. environment, "sh", Supervisor, "run", "--config", Device.ConfigurationFile]);

    /// <summary>SIGKILL to the supervisor; the agent ends with it.</summary>
    public async Task KillSupervisorAsync()
    {
        _supervisor!.Kill();
        await _supervisor.StopAsync();
    }

    /// <summary>SIGTERM to the supervisor, and the end of both.</summary>
    public async Task StopAsync()
    {
        await Shell.RunAsync("kill", "-TERM", $"{_supervisor!.Id}");
        await Eventually.TrueAsync("the supervisor has ended", () => !_supervisor.IsRunning, Eventually.Slow);
        await _supervisor.StopAsync();
    }

    /// <summary>The process of the agent that the supervisor has started; null while there is none.</summary>
    public int? Agent => Directory.EnumerateDirectories("/proc").Where(name => char.IsAsciiDigit(Path.GetFileName(name)[0])).Where(IsAgent).Select(name => (int?)int.Parse(Path.GetFileName(name))).FirstOrDefault();

    /// <summary>The version that answers.</summary>
    public async Task<string> VersionAsync() => File.ResolveLinkTarget($"/proc/{Agent ?? throw new InvalidOperationException("no agent runs")}/exe", returnFinalTarget: false) is { } program
        && await Device.StatusAsync() is not null
            ? Path.GetFileName(Path.GetDirectoryName(program.FullName))!
            : throw new InvalidOperationException("the agent has ended");

    public Task RunsAsync(string version, TimeSpan? within = null) => ExplainAsync(() => Eventually.SucceedsAsync(async () => (await VersionAsync()).Should().Be(version), within ?? Eventually.Slow));

    /// <summary>Waits until nothing is on trial.</summary>
    public Task SettlesAsync() => Eventually.TrueAsync("nothing is on trial", () => !File.Exists(_folder.File("lib/trial")), Eventually.Slow);

    public async Task ExplainAsync(Func<Task> assertion)
    {
        try
        {
            await assertion();
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{e.Message}\nlog:\n{Log}", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_supervisor is not null)
            await _supervisor.DisposeAsync();
        await Device.DisposeAsync();
        _folder.Dispose();
    }

    private bool IsAgent(string process)
    {
        try
        {
            return new FileInfo(Path.Combine(process, "exe")).LinkTarget is { } program && program.StartsWith(Versions + "/", StringComparison.Ordinal)
                && File.ReadAllText(Path.Combine(process, "cmdline")) is var line && line.Contains("\0agent\0") && !line.Contains("--self-test");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
