using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.Versioning;
using EdgeOperator.Platform.Files;
using EdgeOperator.Platform.Processes;
using EdgeOperator.Testing;

namespace EdgeOperator.Platform.Tests.Processes;

[SupportedOSPlatform("linux")]
public sealed class ProcessSupervisorTests : IAsyncLifetime
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(20);

    private readonly TempFolder _folder = new();
    private readonly ProcessSupervisor _supervisor = new(TimeProvider.System);

    public static TheoryData<Damage> Damaged => [.. Damages.All];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _supervisor.StopAsync(_folder, TimeSpan.Zero, CancellationToken.None);
        _folder.Dispose();
    }

    [Fact]
    public async Task A_process_runs_in_a_session_of_its_own_with_just_the_environment_it_was_given()
    {
        var process = await StartAsync("env; echo $PPID; exec sleep 1000", ("GREETING", "hello"));

        await Eventually.SucceedsAsync(() => Output().Should().Contain("GREETING=hello").And.NotContain("HOME="));
        ProcessStat.Of(process.Id)!.Value.Session.Should().Be(process.Id);
        _supervisor.Find(_folder).Should().Be(process);
    }

    [Fact]
    public async Task Starting_what_runs_already_starts_nothing()
    {
        var first = await StartAsync("exec sleep 1000");

        (await StartAsync("exec sleep 1000")).Should().Be(first);
    }

    [Fact]
    public async Task Another_supervisor_finds_a_process_whose_starter_was_killed()
    {
        var launch = Shell("exec sleep 1000").ToStartInfo();
        using (var starter = Process.Start(new ProcessStartInfo("sh", ["-c", "\"$@\" & wait", "sh", launch.FileName, .. launch.ArgumentList]))!)
        {
            await Eventually.TrueAsync("it runs", () => _supervisor.Find(_folder) is not null);
            starter.Kill();
            await starter.WaitForExitAsync();
        }

        var another = new ProcessSupervisor(TimeProvider.System);
        var found = another.Find(_folder)!;
        found.Label.Should().Be("me");
        await another.StopAsync(_folder, Grace, CancellationToken.None);
        found.IsAlive.Should().BeFalse();
    }

    [Fact]
    public async Task A_number_that_another_process_has_got_is_not_mistaken_for_the_process()
    {
        var process = await StartAsync("exec sleep 1000");
        using var other = Process.Start("sleep", "1000");
        try
        {
            var record = Launch.RecordIn(_folder);
            var stat = (await File.ReadAllTextAsync($"/proc/{other.Id}/stat")).TrimEnd().Split(' ');
            stat[21] = $"{process.StartTime - 1}";
            File.WriteAllLines(record, [string.Join(' ', stat), .. File.ReadAllLines(record)[1..3]]);

            _supervisor.Find(_folder).Should().BeNull();
            await _supervisor.StopAsync(_folder, TimeSpan.Zero, CancellationToken.None);

            other.HasExited.Should().BeFalse();
            process.IsAlive.Should().BeTrue("nobody names it any more");
        }
        finally
        {
            other.Kill();
            Posix.Signal(process.Id, 9);
        }
    }

    [Theory]
    [MemberData(nameof(Damaged))]
    public async Task A_process_whose_record_is_damaged_is_found_and_not_started_twice(Damage damage)
    {
        var process = await StartAsync("sleep 1000 & exec sleep 1000");
        await Eventually.TrueAsync("it has become its program", () => ProcessIdentity.Search(Launch.RecordIn(_folder)) is not null);

        damage.Apply(Launch.RecordIn(_folder));

        var another = new ProcessSupervisor(TimeProvider.System);
        if (damage != Damage.Missing)
            another.Find(_folder).Should().Be(process);
        (await another.StartAsync(Shell("exec sleep 1000"), CancellationToken.None)).Should().Be(process);
        another.Find(_folder).Should().Be(process);
        new ProcessSupervisor(TimeProvider.System).Find(_folder).Should().Be(process, "its record is there again");
    }

    [Fact]
    public async Task A_process_that_becomes_another_program_at_this_moment_is_found()
    {
        // While exec is at work the kernel shows no environment: this one does nothing but exec.
        var script = Path.Combine(_folder, "again");
        await File.WriteAllTextAsync(script, "#!/bin/sh\nexec \"$0\"\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var process = await StartAsync($"exec {script}");
        await Eventually.TrueAsync("it has become its program", () => ProcessIdentity.Search(Launch.RecordIn(_folder)) is not null);

        Enumerable.Range(0, 50).Select(_ => ProcessIdentity.Search(Launch.RecordIn(_folder))).Should().AllBeEquivalentTo(process);
    }

    [Theory]
    [MemberData(nameof(Damaged))]
    public async Task A_process_whose_record_is_damaged_is_stopped_and_no_other(Damage damage)
    {
        var process = await StartAsync("exec sleep 1000");
        using var other = Process.Start("sleep", "1000");
        try
        {
            await Eventually.TrueAsync("it has become its program", () => ProcessIdentity.Search(Launch.RecordIn(_folder)) is not null);
            damage.Apply(Launch.RecordIn(_folder));

            await new ProcessSupervisor(TimeProvider.System).StopAsync(_folder, Grace, CancellationToken.None);

            process.IsAlive.Should().BeFalse();
            other.HasExited.Should().BeFalse();
            File.Exists(Launch.RecordIn(_folder)).Should().BeFalse();
        }
        finally
        {
            other.Kill();
        }
    }

    [Theory]
    [MemberData(nameof(Damaged))]
    public async Task The_damaged_record_of_a_process_that_has_ended_is_in_nobodys_way(Damage damage)
    {
        var first = await StartAsync("exit 0");
        await Eventually.TrueAsync("it has ended", () => !first.IsAlive);

        damage.Apply(Launch.RecordIn(_folder));

        var another = new ProcessSupervisor(TimeProvider.System);
        another.Find(_folder).Should().BeNull();
        (await another.StartAsync(Shell("exec sleep 1000"), CancellationToken.None)).IsAlive.Should().BeTrue();
        await another.StopAsync(_folder, Grace, CancellationToken.None);
    }

    [Fact]
    public async Task A_process_of_an_earlier_boot_is_gone()
    {
        var process = await StartAsync("exec sleep 1000");

        (process with { Boot = "11111111-2222-3333-4444-555555555555" }).IsAlive.Should().BeFalse();
    }

    [Fact]
    public async Task An_end_is_told_with_its_code_and_the_last_line()
    {
        using var stop = new CancellationTokenSource();
        var told = new TaskCompletionSource<string>();
        var watching = _supervisor.WatchAsync(why => told.TrySetResult(why), stop.Token);
        var process = await StartAsync("echo first; echo out of luck >&2; exit 7");

        await told.Task.WaitAsync(Eventually.Deadline);

        process.IsAlive.Should().BeFalse();
        _supervisor.Find(_folder).Should().BeNull();
        _supervisor.ExitReasonOf(_folder).Should().Be("it ended with code 7: out of luck");
        await stop.CancelAsync();
        await watching.ContinueWith(_ => { }, TaskScheduler.Default);
    }

    [Fact]
    public async Task What_was_printed_long_before_the_end_is_not_taken_for_its_reason()
    {
        var process = await StartAsync("echo of long ago; exec sleep 1000");
        await Eventually.SucceedsAsync(() => Output().Should().Contain("of long ago"));
        File.SetLastWriteTimeUtc(Launch.OutputIn(_folder), new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc));

        Posix.Signal(process.Id, 9);

        await Eventually.SucceedsAsync(() => _supervisor.ExitReasonOf(_folder).Should().Be("it ended with code 137"));
        new ProcessSupervisor(TimeProvider.System).ExitReasonOf(_folder).Should().Be("it ended; its last output, at 2026-01-02T03:04:05Z: of long ago", "nobody saw when");
    }

    [Fact]
    public async Task The_end_of_an_adopted_process_is_told_as_well()
    {
        var process = await StartAsync("exec sleep 1000");
        var another = new ProcessSupervisor(TimeProvider.System);
        using var stop = new CancellationTokenSource();
        var told = new TaskCompletionSource<string>();
        another.Find(_folder).Should().NotBeNull();
        var watching = another.WatchAsync(why => told.TrySetResult(why), stop.Token);

        Posix.Signal(process.Id, 9);

        await told.Task.WaitAsync(Eventually.Deadline);
        another.ExitReasonOf(_folder).Should().StartWith("it ended");
        await stop.CancelAsync();
        await watching.ContinueWith(_ => { }, TaskScheduler.Default);
    }

    [Fact]
    public async Task A_process_may_finish_what_it_does_before_it_ends()
    {
        await StartAsync("trap 'echo finished; exit 0' TERM; echo ready; while :; do sleep 0.05; done");
        await Eventually.SucceedsAsync(() => Output().Should().Contain("ready"));

        await _supervisor.StopAsync(_folder, Grace, CancellationToken.None);

        Output().Should().Contain("finished");
        _supervisor.ExitReasonOf(_folder).Should().BeNull("it was asked to end");
    }

    [Fact]
    public async Task A_process_that_does_not_end_is_killed_with_all_that_it_has_started()
    {
        var process = await StartAsync("trap '' TERM; sleep 1000 & echo $!; while :; do sleep 0.05; done");
        var child = await Eventually.GetAsync(() => Task.FromResult(int.Parse(Output().Trim())));

        await _supervisor.StopAsync(_folder, TimeSpan.FromMilliseconds(50), CancellationToken.None);

        process.IsAlive.Should().BeFalse();
        (ProcessStat.Of(child) is null or { IsZombie: true }).Should().BeTrue();
    }

    [Fact]
    public async Task What_a_dead_process_left_running_is_killed_before_the_next_is_started()
    {
        await StartAsync("sleep 1000 & echo $!; exit 1");
        var child = await Eventually.GetAsync(() => Task.FromResult(int.Parse(Output().Trim())));
        await Eventually.TrueAsync("it has ended", () => _supervisor.Find(_folder) is null);

        await StartAsync("exec sleep 1000");

        (ProcessStat.Of(child) is null or { IsZombie: true }).Should().BeTrue();
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_told_of()
    {
        var launch = new Launch(_folder, "/nowhere/to/be/found", [], Environment) { WorkingDirectory = "/" };
        try
        {
            await _supervisor.StartAsync(launch, CancellationToken.None);
        }
        catch (IOException)
        {
            // Whether it is told at once hangs on who is faster.
        }

        await Eventually.SucceedsAsync(() => Output().Should().Contain("/nowhere/to/be/found"));
        await Eventually.SucceedsAsync(() => _supervisor.Find(_folder).Should().BeNull());
    }

    [Fact]
    public async Task A_process_runs_as_another_user()
    {
        if (!System.Environment.IsPrivilegedProcess)
            return;
        var launch = Shell("id -u; id -g; exec sleep 1000") with { User = new(65534, 65534, IsKnown: true) };

        await _supervisor.StartAsync(launch, CancellationToken.None);

        await Eventually.SucceedsAsync(() => Output().Should().Be("65534\n65534\n"));
    }

    private static ImmutableSortedDictionary<string, string> Environment { get; } = ImmutableSortedDictionary<string, string>.Empty.Add("PATH", "/usr/bin:/bin");

    private Task<ProcessIdentity> StartAsync(string script, params (string Name, string Value)[] environment) => _supervisor.StartAsync(
        Shell(script) with { Environment = Environment.AddRange(environment.Select(e => KeyValuePair.Create(e.Name, e.Value))) }, CancellationToken.None);

    private Launch Shell(string script) => new(_folder, "/bin/sh", ["-c", script], Environment) { WorkingDirectory = "/", Label = "me" };

    private string Output() => File.ReadAllText(Launch.OutputIn(_folder));
}
