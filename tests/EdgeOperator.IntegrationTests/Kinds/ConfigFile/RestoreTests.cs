using EdgeOperator.Core.Kinds.ConfigFile;
using EdgeOperator.Core.Planning;
using EdgeOperator.Platform.Files;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Kinds.ConfigFile;

public sealed class RestoreTests : FileFixture
{
    [Fact]
    public async Task A_file_that_was_not_there_is_deleted_and_forgotten()
    {
        await WrittenAsync(ConfigFile(At("f")));

        await RestoreAsync(At("f"));

        File.Exists(At("f")).Should().BeFalse();
        (await ObserveAsync(At("f"))).Should().BeNull();
        Directory.GetFiles(Path.Combine(State, "files")).Should().BeEmpty();
    }

    [Fact]
    public async Task What_follows_a_change_follows_the_restore_too_also_after_a_restart()
    {
        var file = ConfigFile(At("f"));
        await WrittenAsync(file with { File = file.File with { OnChange = new FileAction.RestartModule("web") } });
        Restart();

        (await RestoreAsync(At("f"))).Should().BeOfType<StepOutcome.Succeeded>();

        Restarted.Should().Equal("web");
        (await ObserveAsync(At("f"))).Should().BeNull();
    }

    [Fact]
    public async Task What_was_there_before_the_first_write_comes_back_as_it_was_also_after_restarts()
    {
        await File.WriteAllTextAsync(At("f"), "original");
        File.SetUnixFileMode(At("f"), UnixFileMode.UserRead | UnixFileMode.GroupRead);
        if (Environment.IsPrivilegedProcess)
            await Shell.RunAsync("chown", "1:1", At("f"));
        var owner = FileStatus.Of(At("f"))!.Value.User;
        await WrittenAsync(ConfigFile(At("f"), "first"));
        Restart();
        await WrittenAsync(ConfigFile(At("f"), "second"));
        Restart();

        await RestoreAsync(At("f"));

        (await File.ReadAllTextAsync(At("f"))).Should().Be("original");
        File.GetUnixFileMode(At("f")).Should().Be(UnixFileMode.UserRead | UnixFileMode.GroupRead);
        FileStatus.Of(At("f"))!.Value.User.Should().Be(owner);
    }

    [Fact]
    public async Task Folders_made_for_the_file_go_with_the_last_file_in_them()
    {
        var (a, b) = (ConfigFile(At("made/deep/a"), name: "a"), ConfigFile(At("made/b"), name: "b"));
        await WrittenAsync(a);
        await WrittenAsync(b);

        await RestoreAsync(a.File.Path);
        Directory.Exists(At("made/deep")).Should().BeFalse();
        File.Exists(At("made/b")).Should().BeTrue();

        await RestoreAsync(b.File.Path);
        Directory.GetFileSystemEntries(Root).Should().BeEmpty();
    }

    [Fact]
    public async Task Folders_that_hold_something_else_or_were_there_before_stay()
    {
        Directory.CreateDirectory(At("before"));
        await WrittenAsync(ConfigFile(At("before/a"), name: "a"));
        await WrittenAsync(ConfigFile(At("made/b"), name: "b"));
        await File.WriteAllTextAsync(At("made/other"), "somebody's");

        await RestoreAsync(At("before/a"));
        await RestoreAsync(At("made/b"));

        Directory.GetFileSystemEntries(At("before")).Should().BeEmpty();
        Directory.GetFileSystemEntries(At("made")).Should().Equal(At("made/other"));
    }

    [Fact]
    public async Task What_somebody_made_of_the_file_is_kept_aside()
    {
        await File.WriteAllTextAsync(At("f"), "original");
        await WrittenAsync(ConfigFile(At("f")));
        await File.WriteAllTextAsync(At("f"), "edited by hand");

        var outcome = await RestoreAsync(At("f"));

        (await File.ReadAllTextAsync(At("f"))).Should().Be("original");
        var kept = Directory.GetFiles(Path.Combine(State, "files"), "*.edited").Should().ContainSingle().Subject;
        (await File.ReadAllTextAsync(kept)).Should().Be("edited by hand");
        outcome.Should().BeOfType<StepOutcome.Succeeded>().Which.Note.Should().Contain(kept);
    }

    [Fact]
    public async Task A_deleted_file_and_its_folder_come_back()
    {
        Directory.CreateDirectory(At("d"));
        await File.WriteAllTextAsync(At("d/f"), "original");
        await WrittenAsync(ConfigFile(At("d/f")));
        Directory.Delete(At("d"), recursive: true);

        await RestoreAsync(At("d/f"));

        (await File.ReadAllTextAsync(At("d/f"))).Should().Be("original");
    }

    [Fact]
    public async Task Restoring_what_was_never_written_does_nothing()
    {
        await File.WriteAllTextAsync(At("f"), "somebody's");

        (await RestoreAsync(At("f"))).Should().BeOfType<StepOutcome.Succeeded>();

        (await File.ReadAllTextAsync(At("f"))).Should().Be("somebody's");
    }

    [Fact]
    public async Task A_restored_file_can_be_written_and_restored_again()
    {
        await File.WriteAllTextAsync(At("f"), "one");
        await WrittenAsync(ConfigFile(At("f")));
        await RestoreAsync(At("f"));
        await File.WriteAllTextAsync(At("f"), "two");
        await WrittenAsync(ConfigFile(At("f")));

        await RestoreAsync(At("f"));

        (await File.ReadAllTextAsync(At("f"))).Should().Be("two");
    }
}
