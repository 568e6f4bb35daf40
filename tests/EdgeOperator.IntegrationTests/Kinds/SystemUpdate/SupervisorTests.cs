using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.IntegrationTests.Kinds.SystemUpdate;

/// <summary>What the supervisor decides, whatever it finds: versions are shell scripts here.</summary>
public sealed class SupervisorTests : IDisposable
{
    private readonly TempFolder _folder = new("sup");

    public SupervisorTests()
    {
        File.Copy(Path.Combine(EdgeopBinary.RepositoryRoot, "src", "supervisor", "edgeop-supervisor"), _folder.File("supervisor"));
        foreach (var version in (string[])["1", "2"])
            AddVersion(version, "sleep 1000");
        Current = "1";
    }

    private string Current
    {
        get => Path.GetFileName(new FileInfo(_folder.File("current")).LinkTarget!);
        set
        {
            File.Delete(_folder.File("current"));
            File.CreateSymbolicLink(_folder.File("current"), $"versions/{value}");
        }
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Without_a_trial_it_changes_nothing()
    {
        await ChooseAsync();

        (Current, IsOnTrial).Should().Be(("1", false));
    }

    [Fact]
    public async Task A_version_on_trial_is_started_as_often_as_it_may_and_then_taken_back()
    {
        Begin(starts: 2);
        foreach (var left in (int[])[1, 0])
        {
            await ChooseAsync();
            Current.Should().Be("2");
            File.ReadAllText(_folder.File("trial")).Should().Contain($"starts={left}\n").And.Contain("engine=yes\n", "what only the agent understands stays");
        }

        await ChooseAsync();

        (Current, IsOnTrial).Should().Be(("1", false));
        File.ReadAllText(_folder.File("failed")).Should().Be("version=2\nrevision=r1\nreason=it was started as often as it may be and did not complete a pass\n");
    }

    [Fact]
    public async Task A_trial_that_was_cut_short_before_the_link_changed_is_none()
    {
        Begin();
        Current = "1";

        await ChooseAsync();

        (Current, IsOnTrial, File.Exists(_folder.File("failed"))).Should().Be(("1", false, false));
    }

    [Fact]
    public async Task A_version_whose_programs_are_missing_is_taken_back_at_once()
    {
        Begin();
        Directory.Delete(_folder.File("versions/2"), recursive: true);

        await ChooseAsync();

        (Current, IsOnTrial).Should().Be(("1", false));
    }

    [Fact]
    public async Task A_version_stays_when_there_is_none_to_go_back_to()
    {
        Begin(starts: 0);
        Directory.Delete(_folder.File("versions/1"), recursive: true);

        await ChooseAsync();

        (Current, IsOnTrial).Should().Be(("2", false));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\0\0\0\0")]
    [InlineData("starts=3\n")]
    public async Task A_damaged_trial_is_none_and_what_is_to_run_stays(string content)
    {
        Begin();
        File.WriteAllText(_folder.File("trial"), content);

        await ChooseAsync();

        (Current, IsOnTrial).Should().Be(("2", false));
    }

    [Fact]
    public async Task Taking_back_that_was_cut_short_anywhere_is_done_by_the_next_start()
    {
        // Each command that takes_back runs on the disk, one after the other, is where the power goes.
        for (var cut = 1; ; cut++)
        {
            Begin(starts: 0);
            File.Delete(_folder.File("failed"));
            var wasCut = await CutAsync(cut);

            await ChooseAsync();

            (Current, IsOnTrial).Should().Be(("1", false));
            File.ReadAllText(_folder.File("failed")).Should().StartWith("version=2\n");
            if (!wasCut)
            {
                cut.Should().BeGreaterThan(5);
                return;
            }
        }
    }

    [Fact]
    public async Task It_starts_what_has_ended_again_and_ends_with_it_when_it_is_told_to()
    {
        AddVersion("1", "echo started >>$HOME/starts; exit 1");
        await using var supervisor = Run();
        await Eventually.TrueAsync("it was started three times", () => Starts >= 3);
        AddVersion("1", "echo started >>$HOME/starts; trap 'echo ended >>$HOME/starts; exit 0' TERM; while :; do sleep 0.1; done");
        var starts = Starts;
        await Eventually.TrueAsync("it runs", () => Starts > starts);

        await Shell.RunAsync("kill", "-TERM", $"{supervisor.Id}");

        await Eventually.TrueAsync("it has ended", () => !supervisor.IsRunning);
        await Eventually.TrueAsync("so has what it had started", () => File.ReadAllText(_folder.File("starts")).EndsWith("ended\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_version_that_runs_and_proves_nothing_is_taken_back_at_its_deadline()
    {
        AddVersion("1", "echo started >>$HOME/starts; sleep 1000");
        AddVersion("2", "exec sleep 1000");
        Begin(deadline: 2);

        await using var supervisor = Run();

        await Eventually.TrueAsync("the one before runs", () => Starts == 1);
        (Current, IsOnTrial).Should().Be(("1", false));
        File.ReadAllText(_folder.File("failed")).Should().Contain("reason=it did not complete a pass within 2 s");
    }

    [Fact]
    public async Task A_version_that_ends_its_trial_stays()
    {
        AddVersion("2", "echo started >>$HOME/starts; rm \"$EDGEOP_SUPERVISED_BY/trial\"; exec sleep 1000");
        Begin(deadline: 2);

        await using var supervisor = Run();

        await Eventually.TrueAsync("it has ended its trial", () => Starts == 1 && !IsOnTrial);
        await Shell.RunAsync("sleep", "3");
        (Current, Starts).Should().Be(("2", 1));
    }

    [Fact]
    public async Task What_it_started_ends_with_it_however_it_ends()
    {
        AddVersion("1", "echo $$ >>$HOME/starts; exec sleep 1000");
        await using var supervisor = Run();
        await Eventually.TrueAsync("it runs", () => Starts == 1);
        var started = File.ReadAllText(_folder.File("starts")).Trim();

        supervisor.Kill();

        await Eventually.TrueAsync("it has ended", () => !File.Exists($"/proc/{started}/exe") || new FileInfo($"/proc/{started}/exe").LinkTarget is null);
    }

    private bool IsOnTrial => File.Exists(_folder.File("trial"));

    private int Starts => File.Exists(_folder.File("starts")) ? File.ReadAllLines(_folder.File("starts")).Length : 0;

    private void AddVersion(string version, string commands)
    {
        var program = _folder.File($"versions/{version}/edgeop");
        Directory.CreateDirectory(Path.GetDirectoryName(program)!);
        File.WriteAllText(program + ".new", $"#!/bin/sh\nHOME={_folder}\n{commands}\n");
        File.SetUnixFileMode(program + ".new", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.Move(program + ".new", program, overwrite: true);
    }

    private void Begin(int starts = 3, int deadline = 600)
    {
        Current = "2";
        File.WriteAllText(_folder.File("trial"), $"from=1\nto=2\nstarts={starts}\ndeadline={deadline}\nrevision=r1\nengine=yes\n");
    }

    private Task<string> ChooseAsync() => Shell.RunAsync("sh", _folder.File("supervisor"), "choose");

    private GuardedProcess Run() => GuardedProcess.Start(_folder.File("log"), "true", "sh", _folder.File("supervisor"), "run");

    /// <returns>Whether it was killed before it was done.</returns>
    private async Task<bool> CutAsync(int commands)
    {
        // Programs that change the disk, found in PATH before the real ones: each counts, and kills the supervisor when its turn has come.
        var bin = _folder.File("bin");
        Directory.CreateDirectory(bin);
        File.WriteAllText(_folder.File("count"), "0");
        foreach (var name in (string[])["mv", "ln", "rm", "cat", "sync"])
        {
            var program = Path.Combine(bin, name);
            File.WriteAllText(program, $"#!/bin/sh\nn=$(($(/bin/cat {_folder}/count) + 1))\necho $n >{_folder}/count\n[ $n -lt {commands} ] || {{ kill -9 0; exit 1; }}\nexec /bin/{name} \"$@\"\n");
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        try
        {
            await Shell.RunAsync("setsid", "--wait", "env", $"PATH={bin}:/usr/bin:/bin", "sh", _folder.File("supervisor"), "choose");
            return false;
        }
        catch (InvalidOperationException)
        {
            return true;
        }
    }
}
