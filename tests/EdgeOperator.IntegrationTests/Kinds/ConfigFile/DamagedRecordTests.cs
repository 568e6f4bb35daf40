using System.Text.Json;
using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Kinds.ConfigFile;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;
using EdgeOperator.Platform.Files;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Kinds.ConfigFile;

/// <summary>The agent's records of files are damaged while it does not run: what was there before still comes back.</summary>
public sealed class DamagedRecordTests : FileFixture
{
    private const UnixFileMode OriginalMode = UnixFileMode.UserRead | UnixFileMode.GroupRead;

    public static TheoryData<Damage, string> OneCopy => Combinations("*.json", "*.json.copy");

    public static TheoryData<Damage, string> AnyCopies => Combinations("*.json", "*.json.copy", "*.json *.json.copy");

    [Theory]
    [MemberData(nameof(AnyCopies))]
    public async Task The_next_change_keeps_the_original(Damage damage, string records)
    {
        await WrittenOverAnOriginalAsync();

        Damaged(damage, records);
        await WrittenAsync(ConfigFile(At("f"), "second"));
        Restart();
        await WrittenAsync(ConfigFile(At("f"), "third"));
        Restart();
        await RestoreAsync(At("f"));

        await IsOriginalAsync();
    }

    [Theory]
    [MemberData(nameof(AnyCopies))]
    public async Task A_file_that_was_not_there_goes_when_it_is_pruned(Damage damage, string records)
    {
        await WrittenAsync(ConfigFile(At("f"), "first"));

        Damaged(damage, records);
        await WrittenAsync(ConfigFile(At("f"), "second"));
        await RestoreAsync(At("f"));

        File.Exists(At("f")).Should().BeFalse();
    }

    [Theory]
    [MemberData(nameof(OneCopy))]
    public async Task A_file_that_is_no_longer_desired_is_restored_from_the_other_copy(Damage damage, string records)
    {
        await WrittenOverAnOriginalAsync();

        Damaged(damage, records);
        await ConvergeAsync(DesiredState.Empty);

        await IsOriginalAsync();
        (await ObserveAsync(At("f"))).Should().BeNull();
        Directory.GetFiles(Path.Combine(State, "files")).Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(AnyCopies))]
    public async Task A_pass_renews_the_record_without_touching_the_file_or_running_its_action(Damage damage, string records)
    {
        var file = ConfigFile(At("f"));
        file = file with { File = file.File with { OnChange = new FileAction.RestartModule("web") } };
        await File.WriteAllTextAsync(At("f"), "original");
        File.SetUnixFileMode(At("f"), OriginalMode);
        await WrittenAsync(file);
        await ActAsync(file);
        var before = FileStatus.Of(At("f"))!.Value.Signature;

        Damaged(damage, records);
        await ConvergeAsync(Desired(file));

        FileStatus.Of(At("f"))!.Value.Signature.Should().Be(before);
        Restarted.Should().Equal("web");
        Restart();
        (await ObserveAsync(file)).Should().Match<ObservedConfigFile>(f => !f.RecordDamaged && !f.ActionPending && f.WrittenFor == file.Id);
        await ConvergeAsync(DesiredState.Empty);
        await IsOriginalAsync();
    }

    [Theory]
    [InlineData(Damage.Truncated)]
    [InlineData(Damage.Zeros)]
    [InlineData(Damage.Garbage)]
    [InlineData(Damage.OtherBytes)]
    [InlineData(Damage.Empty)]
    [InlineData(Damage.Missing)]
    [InlineData(Damage.FolderInItsPlace)]
    [InlineData(Damage.LinkInItsPlace)]
    [InlineData(Damage.PipeInItsPlace)]
    public async Task A_damaged_original_is_not_put_back_and_said_to_be_damaged(Damage damage)
    {
        await WrittenOverAnOriginalAsync();

        Damaged(damage, "*.original");
        var outcome = await RestoreAsync(At("f"));

        outcome.Should().BeOfType<StepOutcome.Succeeded>().Which.Note.Should().Contain("the file stays as it is");
        (await File.ReadAllTextAsync(At("f"))).Should().Be("first");
        (await ObserveAsync(At("f"))).Should().BeNull();
    }

    [Fact]
    public async Task With_the_record_lost_what_somebody_made_of_the_file_is_kept_beside_the_original()
    {
        await WrittenOverAnOriginalAsync();

        Damaged(Damage.Empty, "*.json *.json.copy");
        await File.WriteAllTextAsync(At("f"), "edited by hand");
        await WrittenAsync(ConfigFile(At("f"), "second"));
        await RestoreAsync(At("f"));

        await IsOriginalAsync();
        var edited = Directory.GetFiles(Path.Combine(State, "files"), "*.edited").Should().ContainSingle().Subject;
        (await File.ReadAllTextAsync(edited)).Should().Be("edited by hand");
    }

    [Fact]
    public async Task Another_paths_record_is_not_taken_for_this_ones()
    {
        await WrittenOverAnOriginalAsync();
        await File.WriteAllTextAsync(At("other"), "the other's original");
        await WrittenAsync(ConfigFile(At("other"), name: "other"));
        var records = Directory.GetFiles(Path.Combine(State, "files"), "*.json");

        File.Copy(records[0], records[1], overwrite: true);
        File.Copy(records[0], records[1] + ".copy", overwrite: true);
        Restart();
        await WrittenAsync(ConfigFile(At("f"), "second"));
        await WrittenAsync(ConfigFile(At("other"), "second", name: "other"));
        await RestoreAsync(At("f"));
        await RestoreAsync(At("other"));

        await IsOriginalAsync();
        (await File.ReadAllTextAsync(At("other"))).Should().Be("the other's original");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_state_directory_of_an_earlier_version_is_read_with_and_without_its_record(bool damaged)
    {
        await WrittenOverAnOriginalAsync();
        AsVersion0();

        if (damaged)
            Damaged(Damage.Truncated, "*.json");
        Restart();
        await WrittenAsync(ConfigFile(At("f"), "second"));
        Restart();
        await RestoreAsync(At("f"));

        (await File.ReadAllTextAsync(At("f"))).Should().Be("original");
        if (!damaged)
            File.GetUnixFileMode(At("f")).Should().Be(OriginalMode);
    }

    [Fact]
    public async Task The_record_of_an_earlier_version_is_enough_to_restore_from()
    {
        await WrittenOverAnOriginalAsync();
        AsVersion0();

        Restart();
        await ConvergeAsync(DesiredState.Empty);

        await IsOriginalAsync();
        Directory.GetFiles(Path.Combine(State, "files")).Should().BeEmpty();
    }

    /// <summary>One bare record beside an original that is named by its path alone.</summary>
    private void AsVersion0()
    {
        var files = Path.Combine(State, "files");
        var record = Directory.GetFiles(files, "*.json").Single();
        using (var json = JsonDocument.Parse(File.ReadAllBytes(record)))
            File.WriteAllText(record, json.RootElement.GetProperty("content").GetRawText());
        File.Delete(StateFile.CopyOf(record));
        File.Move(Directory.GetFiles(files, "*.original").Single(), Path.ChangeExtension(record, ".original"));
    }

    private static TheoryData<Damage, string> Combinations(params string[] records)
    {
        var data = new TheoryData<Damage, string>();
        foreach (var damage in Damages.All)
        {
            foreach (var which in records)
                data.Add(damage, which);
        }

        return data;
    }

    private async Task WrittenOverAnOriginalAsync()
    {
        await File.WriteAllTextAsync(At("f"), "original");
        File.SetUnixFileMode(At("f"), OriginalMode);
        await WrittenAsync(ConfigFile(At("f"), "first"));
    }

    private void Damaged(Damage damage, string patterns)
    {
        var files = patterns.Split(' ').SelectMany(pattern => Directory.GetFiles(Path.Combine(State, "files"), pattern)).ToList();
        files.Should().NotBeEmpty();
        files.ForEach(file => damage.Apply(file));
        Restart();
    }

    private async Task IsOriginalAsync()
    {
        (await File.ReadAllTextAsync(At("f"))).Should().Be("original");
        File.GetUnixFileMode(At("f")).Should().Be(OriginalMode);
    }

    /// <summary>As passes do, until there is nothing left to do.</summary>
    private async Task ConvergeAsync(DesiredState desired)
    {
        var plan = await PlanAsync(desired);
        plan.Steps.Should().NotBeEmpty();
        foreach (var step in plan.Steps)
            (await Driver.ExecuteAsync(step, desired, CancellationToken.None)).Should().BeOfType<StepOutcome.Succeeded>();
        (await PlanAsync(desired)).Steps.Should().BeEmpty();
    }

    private async Task<Plan> PlanAsync(DesiredState desired) =>
        Planner.Plan(RegisteredKinds.All, desired, await Driver.ObserveAsync(ObservedState.Nothing, desired, CancellationToken.None), Inventory.Empty, DateTimeOffset.UnixEpoch);
}
