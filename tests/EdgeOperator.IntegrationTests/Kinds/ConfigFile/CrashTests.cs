using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Kinds.ConfigFile;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.IntegrationTests.Kinds.ConfigFile;

/// <summary>The agent dies between two of the things that it does to a file, in every place.</summary>
public sealed class CrashTests : FileFixture
{
    private static readonly FileAction Action = new FileAction.RestartModule("web");

    [Fact]
    public async Task After_the_backup_and_before_the_record_the_original_is_still_what_is_there()
    {
        await File.WriteAllTextAsync(At("f"), "original");
        await WrittenAsync(ConfigFile(At("f")));

        // As the disk was before the record came.
        foreach (var record in Directory.GetFiles(Path.Combine(State, "files"), "*.json*"))
            File.Delete(record);
        await File.WriteAllTextAsync(At("f"), "original");
        Restart();

        await WriteAndRestoreAsync();

        (await File.ReadAllTextAsync(At("f"))).Should().Be("original");
    }

    [Fact]
    public async Task After_the_record_and_before_the_write_the_next_pass_writes_and_the_original_is_kept()
    {
        await File.WriteAllTextAsync(At("f"), "original");
        await WrittenAsync(WithAction());
        await File.WriteAllTextAsync(At("f"), "original");
        Restart();

        var observed = await ObserveAsync(WithAction());
        observed.ContentHash.Should().NotBe(WithAction().File.ContentHash);
        observed.WrittenFor.Should().Be(WithAction().Id);

        await WriteAndRestoreAsync();
        (await File.ReadAllTextAsync(At("f"))).Should().Be("original");
    }

    [Fact]
    public async Task After_the_record_and_before_the_write_a_file_that_is_no_longer_desired_is_just_forgotten()
    {
        await WrittenAsync(ConfigFile(At("made/f")));
        Directory.Delete(At("made"), recursive: true);
        Restart();

        await RestoreAsync(At("made/f"));

        Directory.GetFileSystemEntries(Root).Should().BeEmpty();
        (await ObserveAsync(At("made/f"))).Should().BeNull();
    }

    [Fact]
    public async Task After_the_write_and_before_the_action_the_action_is_still_pending()
    {
        await WrittenAsync(WithAction());
        Restart();
        (await ObserveAsync(WithAction())).ActionPending.Should().BeTrue();

        await ActAsync(WithAction());

        Restarted.Should().Equal("web");
        Restart();
        (await ObserveAsync(WithAction())).ActionPending.Should().BeFalse();
    }

    [Fact]
    public async Task After_the_restore_and_before_the_record_goes_the_restore_can_be_repeated()
    {
        await File.WriteAllTextAsync(At("f"), "original");
        await WrittenAsync(ConfigFile(At("f")));
        Save();
        await RestoreAsync(At("f"));
        PutBack();
        Restart();

        (await RestoreAsync(At("f"))).Should().Be(new StepOutcome.Succeeded());

        (await File.ReadAllTextAsync(At("f"))).Should().Be("original");
        Directory.GetFiles(Path.Combine(State, "files")).Should().BeEmpty();
    }

    [Fact]
    public async Task What_a_crash_left_of_an_unfinished_write_is_gone_after_the_next()
    {
        await File.WriteAllTextAsync(At(AtomicFile.TemporaryName("f")), "half a fi");

        await WrittenAsync(ConfigFile(At("f")));

        Directory.GetFileSystemEntries(Root).Should().Equal(At("f"));
    }

    [Fact]
    public async Task Looking_writes_nothing_to_the_state_directory()
    {
        await ObserveAsync(ConfigFile(At("f")));

        Directory.GetFileSystemEntries(State).Should().BeEmpty();
    }

    [Fact]
    public async Task Planned_and_executed_from_any_of_these_states_the_file_converges()
    {
        await File.WriteAllTextAsync(At("f"), "original");
        await WrittenAsync(WithAction());
        Save();
        foreach (var content in (string?[])["original", "half", "desired", null])
        {
            PutBack();
            File.Delete(At("f"));
            if (content is not null)
                await File.WriteAllTextAsync(At("f"), content);
            Restart();

            await ConvergeAsync(Desired(WithAction()));
            (await File.ReadAllTextAsync(At("f"))).Should().Be("desired");

            await ConvergeAsync(DesiredState.Empty);
            (await File.ReadAllTextAsync(At("f"))).Should().Be("original");
        }
    }

    private string Saved => Path.Combine(Folder, "saved");

    private static ConfigFileResource WithAction(ConfigFileResource file) => file with { File = file.File with { OnChange = Action } };

    private ConfigFileResource WithAction() => WithAction(ConfigFile(At("f")));

    private async Task WriteAndRestoreAsync()
    {
        await WrittenAsync(ConfigFile(At("f")));
        (await File.ReadAllTextAsync(At("f"))).Should().Be("desired");
        await RestoreAsync(At("f"));
    }

    private async Task ConvergeAsync(DesiredState desired)
    {
        // The module that the action restarts runs, and started before the write.
        var engine = new ObservedEngine
        {
            Containers =
            [
                new() { Id = "1", Name = "web", Image = "i", ImageId = "i", Phase = ContainerPhase.Running, Resource = new(KindNames.EdgeModule, "web"), StartedAt = DateTimeOffset.UnixEpoch },
            ],
        };
        var inventory = Inventory.Empty with { Suspended = [new(KindNames.EdgeModule, "web")] };
        for (var pass = 0; pass < 2; pass++)
        {
            var plan = Planner.Plan(RegisteredKinds.All, desired, await LookAsync(), inventory, DateTimeOffset.UnixEpoch);
            foreach (var step in plan.Steps)
            {
                (await Driver.ExecuteAsync(step, desired, CancellationToken.None)).Should().BeOfType<StepOutcome.Succeeded>();
            }
        }

        Planner.Plan(RegisteredKinds.All, desired, await LookAsync(), inventory, DateTimeOffset.UnixEpoch).Steps.Should().BeEmpty();

        async Task<ObservedState> LookAsync() =>
            await Driver.ObserveAsync(ObservedState.Nothing with { Engine = engine }, desired, CancellationToken.None);
    }

    private void Save() => Copy(Path.Combine(State, "files"), Saved);

    private void PutBack() => Copy(Saved, Path.Combine(State, "files"));

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
        }
    }
}
