using EdgeOperator.Core.Kinds.ConfigFile;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;
using EdgeOperator.Platform.Files;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Kinds.ConfigFile;

public sealed class WriteTests : FileFixture
{
    private const int ReadOnlyForAll = 0b100_100_100;

    [Fact]
    public async Task A_missing_file_is_written_and_then_in_sync()
    {
        var file = ConfigFile(At("app.conf"), "a = 1\n");
        (await ObserveAsync(file)).Should().Match<ObservedConfigFile>(f => !f.Exists && f.Refused == null && f.WrittenFor == null);

        await WrittenAsync(file);

        (await File.ReadAllTextAsync(At("app.conf"))).Should().Be("a = 1\n");
        (await ObserveAsync(file)).Should().Match<ObservedConfigFile>(f =>
            f.Exists && f.ContentHash == file.File.ContentHash && f.Mode == file.File.Mode && f.OwnerMatches
            && f.WrittenFor == file.Id && f.WrittenAt != null && !f.ActionPending);
    }

    [Fact]
    public async Task Mode_is_set_and_its_drift_observed()
    {
        var file = ConfigFile(At("f"));
        file = file with { File = file.File with { Mode = ReadOnlyForAll } };
        await WrittenAsync(file);
        File.GetUnixFileMode(At("f")).Should().Be((UnixFileMode)ReadOnlyForAll);

        File.SetUnixFileMode(At("f"), UnixFileMode.UserRead);
        (await ObserveAsync(file)).Mode.Should().Be((int)UnixFileMode.UserRead);
        await WrittenAsync(file);

        (await ObserveAsync(file)).Mode.Should().Be(ReadOnlyForAll);
    }

    [Fact]
    public async Task Owner_is_set_and_its_drift_observed()
    {
        var mine = FileStatus.Of(Root)!.Value;
        var owner = Environment.IsPrivilegedProcess ? "daemon:1" : $"{mine.User}:{mine.Group}";
        var file = ConfigFile(At("f"));
        file = file with { File = file.File with { Owner = owner } };
        await File.WriteAllTextAsync(At("f"), "desired");
        File.SetUnixFileMode(At("f"), (UnixFileMode)file.File.Mode);
        (await ObserveAsync(file)).OwnerMatches.Should().Be(!Environment.IsPrivilegedProcess);

        await WrittenAsync(file);

        (await ObserveAsync(file)).OwnerMatches.Should().BeTrue();
        FileStatus.Of(At("f"))!.Value.Group.Should().Be(Environment.IsPrivilegedProcess ? 1 : mine.Group);
    }

    [Fact]
    public async Task An_unknown_owner_is_named_and_nothing_is_written()
    {
        var file = ConfigFile(At("f"));

        var outcome = await WriteAsync(file with { File = file.File with { Owner = "no-such-user" } });

        outcome.Should().BeOfType<StepOutcome.Terminal>()
            .Which.Message.Should().Be($"{At("f")}: owner no-such-user: user 'no-such-user' is not in /etc/passwd");
        Directory.GetFileSystemEntries(Root).Should().BeEmpty();
    }

    [Fact]
    public async Task Missing_folders_are_made_for_all_to_read()
    {
        await WrittenAsync(ConfigFile(At("a/b/f")));

        File.GetUnixFileMode(At("a/b")).Should().Be((UnixFileMode)0b111_101_101);
    }

    [Fact]
    public async Task A_file_that_is_as_desired_is_recorded_but_not_written()
    {
        await File.WriteAllTextAsync(At("f"), "desired");
        File.SetUnixFileMode(At("f"), (UnixFileMode)ConfigFile(At("f")).File.Mode);
        var before = FileStatus.Of(At("f"))!.Value.Signature;

        await WrittenAsync(ConfigFile(At("f")) with { PruneDisabled = true });

        FileStatus.Of(At("f"))!.Value.Signature.Should().Be(before);
        (await ObserveAsync(At("f")))!.PruneDisabled.Should().BeTrue();
    }

    [Fact]
    public async Task A_hard_link_to_the_old_file_keeps_the_old_content()
    {
        await File.WriteAllTextAsync(At("f"), "old");
        await Shell.RunAsync("ln", At("f"), At("other"));

        await WrittenAsync(ConfigFile(At("f")));

        (await File.ReadAllTextAsync(At("other"))).Should().Be("old");
    }

    [Fact]
    public async Task A_write_that_fails_leaves_the_file_and_can_be_tried_again()
    {
        await using var disk = await TinyDisk.MountAsync(kilobytes: 64);
        Restart(roots: disk.Path);
        var path = Path.Combine(disk.Path, "f");
        await File.WriteAllTextAsync(path, "old");
        disk.Fill();
        var big = ConfigFile(path, new string('x', 16 * 1024));

        var outcome = await WriteAsync(big);

        outcome.Should().BeOfType<StepOutcome.Retry>().Which.Should().Match<StepOutcome.Retry>(
            o => o.Reason == "DiskFull" && o.Message.Contains(path) && !o.Message.Contains("/proc/"));
        (await File.ReadAllTextAsync(path)).Should().Be("old");
        disk.Free();
        await WrittenAsync(big);
        await RestoreAsync(path);
        (await File.ReadAllTextAsync(path)).Should().Be("old");
    }

    [Fact]
    public async Task A_file_whose_backup_does_not_fit_is_not_touched()
    {
        await using var disk = await TinyDisk.MountAsync(kilobytes: 64);
        Restart(state: disk.Path);
        await File.WriteAllTextAsync(At("f"), new string('o', 16 * 1024));
        disk.Fill();

        var outcome = await WriteAsync(ConfigFile(At("f")));

        outcome.Should().BeOfType<StepOutcome.Retry>().Which.Reason.Should().Be("DiskFull");
        (await File.ReadAllTextAsync(At("f"))).Should().StartWith("ooo");
        Driver.Dispose();
    }

    [Fact]
    public async Task What_is_written_is_described()
    {
        var file = ConfigFile(At("f"));
        await WrittenAsync(file);
        var observed = await Driver.ObserveAsync(ObservedState.Nothing, Desired(file), CancellationToken.None);

        var described = Driver.Describe(file, observed)!;

        (described.Kind, described.Name, described.State, described.Summary).Should().Be((KindNames.ConfigFile, "file", "in sync", At("f")));
        described.Details.Should().Contain("mode", "0644").And.ContainKey("sha256");
    }
}
