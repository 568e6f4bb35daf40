using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeOperator.Platform.Files;
using EdgeOperator.Testing;

namespace EdgeOperator.Platform.Tests.Files;

public sealed partial class StateFileTests : IDisposable
{
    private static readonly Note Good = new("a1a1", 11);

    private readonly TempFolder _folder = new();

    private string Path => _folder.File("note.json");

    public static TheoryData<Damage> AllDamages => [.. Damages.All];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(AllDamages))]
    public void Damage_is_noticed_and_the_next_write_mends_it(Damage damage)
    {
        StateFile.Write(Path, Good, NoteJson.Default.Note);

        damage.Apply(Path);

        StateFile.Read(Path, NoteJson.Default.Note, out var found).Should().BeNull();
        (found is null).Should().Be(damage == Damage.Missing);
        StateFile.Write(Path, Good, NoteJson.Default.Note);
        StateFile.Read(Path, NoteJson.Default.Note, out found).Should().Be(Good);
        found.Should().BeNull();
    }

    [Fact]
    public void A_file_that_a_damaged_disk_made_huge_is_damaged_and_not_read()
    {
        StateFile.WriteTwice(Path, Good, NoteJson.Default.Note);
        using (var file = File.OpenWrite(Path))
            file.SetLength(StateFile.LargestSize + 1L);

        StateFile.Read(Path, NoteJson.Default.Note, out var found).Should().BeNull();
        found.Should().Contain("more than");
        StateFile.ReadEither(Path, NoteJson.Default.Note, out _).Should().Be(Good);
        StateFile.WriteChanged(Path, "small"u8.ToArray());
        File.ReadAllText(Path).Should().Be("small");
    }

    [Theory]
    [MemberData(nameof(AllDamages))]
    public void Either_of_two_copies_is_enough(Damage damage)
    {
        foreach (var which in (string[])[Path, StateFile.CopyOf(Path)])
        {
            StateFile.WriteTwice(Path, Good, NoteJson.Default.Note);

            damage.Apply(which);

            StateFile.ReadEither(Path, NoteJson.Default.Note, out var found).Should().Be(Good);
            found.Should().NotBeNull();
        }
    }

    [Fact]
    public void A_folder_in_its_place_is_kept_aside()
    {
        StateFile.Write(Path, Good, NoteJson.Default.Note);
        Damage.FolderInItsPlace.Apply(Path);

        StateFile.Write(Path, Good, NoteJson.Default.Note);

        File.ReadAllText(System.IO.Path.Combine(Path + ".damaged-1", "something")).Should().Be("of somebody's");
    }

    [Fact]
    public void A_file_without_checksum_is_read_as_it_was_written_before_there_were_checksums()
    {
        File.WriteAllBytes(Path, JsonSerializer.SerializeToUtf8Bytes(Good, NoteJson.Default.Note));

        StateFile.Read(Path, NoteJson.Default.Note, out _).Should().Be(Good);
    }

    [Fact]
    public void Deleted_means_both_of_them()
    {
        StateFile.WriteTwice(Path, Good, NoteJson.Default.Note);
        Damage.FolderInItsPlace.Apply(Path);

        StateFile.DeleteBoth(Path);

        StateFile.ReadEither(Path, NoteJson.Default.Note, out var found).Should().BeNull();
        found.Should().BeNull();
    }

    internal sealed record Note(string Text, int Number);

    [JsonSourceGenerationOptions(RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
    [JsonSerializable(typeof(Note))]
    internal sealed partial class NoteJson : JsonSerializerContext;
}
