using System.Text;
using System.Text.Json;
using EdgeOperator.Agent.Storage;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Testing;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeOperator.Agent.Tests.Storage;

public sealed class RevisionStoreDamageTests : IDisposable
{
    private static readonly Artifact Good = new("site", "abc", "main@abc", [new ManifestFile("a.yaml", Encoding.UTF8.GetBytes("kind: EdgeModule"))]);

    private readonly TempFolder _folder = new();
    private readonly RevisionStore _store;

    public RevisionStoreDamageTests()
    {
        _store = new(_folder, NullLogger<RevisionStore>.Instance);
        Restore();
    }

    private string Tar => Path.Combine(_folder, "revisions", "abc.tar");

    private string Json => Path.Combine(_folder, "revisions", "abc.json");

    private string Newest => Path.Combine(_folder, "sources", "site", "newest.json");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_single_changed_byte_is_found_and_the_artifact_dropped()
    {
        var size = (int)new FileInfo(Tar).Length;
        Prop.ForAll(Gen.Choose(0, size - 1).ToArbitrary(), Gen.Choose(1, 255).ToArbitrary(), (at, change) =>
        {
            Restore();
            var bytes = File.ReadAllBytes(Tar);
            bytes[at] ^= (byte)change;
            File.WriteAllBytes(Tar, bytes);
            return _store.Load("abc") is null && !File.Exists(Tar) && _store.NewestOf("site") is null && _store.List().IsEmpty;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_file_that_was_cut_short_is_found()
    {
        var size = (int)new FileInfo(Tar).Length;
        Prop.ForAll(Gen.Choose(0, size - 1).ToArbitrary(), length =>
        {
            Restore();
            using (var stream = File.OpenWrite(Tar))
                stream.SetLength(length);
            return _store.Load("abc") is null;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_file_that_a_damaged_disk_made_huge_is_not_read_to_its_end()
    {
        using (var stream = File.OpenWrite(Tar))
            stream.SetLength(1L << 40);

        _store.Load("abc").Should().BeNull();
        File.Exists(Tar).Should().BeFalse();
    }

    [Fact]
    public void Any_bytes_in_place_of_a_record_are_as_good_as_none()
    {
        Prop.ForAll<byte[]>(bytes =>
        {
            Restore();
            File.WriteAllBytes(Json, bytes);
            File.WriteAllBytes(Newest, bytes);
            return _store.Load("abc") is null && _store.NewestOf("site") is null && _store.List().IsEmpty;
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"id":"abc"}""")]
    [InlineData("""{"id":"abc","display":"x","sequence":1,"artifacts":null}""")]
    [InlineData("""{"id":"abc","display":"x","sequence":1,"artifacts":[null]}""")]
    [InlineData("""{"id":"abc","display":"x","sequence":1,"artifacts":[{}]}""")]
    [InlineData("""{"id":"abc","display":null,"sequence":1,"artifacts":[]}""")]
    [InlineData("""{"artifact":null,"origin":"x","fetchedAt":"2020-01-01T00:00:00Z"}""")]
    public void A_record_that_is_json_and_yet_not_whole_is_as_good_as_none(string json)
    {
        File.WriteAllText(Json, json);
        File.WriteAllText(Newest, json);

        _store.Load("abc").Should().BeNull();
        _store.NewestOf("site").Should().BeNull();
        _store.List().Should().BeEmpty();
    }

    [Fact]
    public void A_record_under_another_s_name_is_not_believed()
    {
        File.Copy(Json, Path.Combine(_folder, "revisions", "def.json"));

        _store.Load("def").Should().BeNull();
    }

    [Fact]
    public void Junk_around_the_records_is_in_nobody_s_way()
    {
        _folder.Write("revisions/junk.json", "junk");
        _folder.Write("revisions/junk", "junk");
        _folder.Write("sources/site/repository.git/junk.json", "junk");
        _folder.Write("sources/stray", "junk");
        Directory.CreateDirectory(Path.Combine(_folder, "revisions", "folder.json"));
        Directory.CreateDirectory(Path.Combine(_folder, "sources", "empty"));

        _store.List().Select(r => r.Id).Should().Equal("abc");
        _store.Prune(new HashSet<string> { "abc" });
        _store.RetainSources(new HashSet<string> { "site" });

        _store.Load("abc").Should().NotBeNull();
        _store.NewestOf("site").Should().NotBeNull();
        File.Exists(Path.Combine(_folder, "revisions", "junk.json")).Should().BeFalse();
        Directory.Exists(Path.Combine(_folder, "sources", "empty")).Should().BeFalse();
    }

    [Fact]
    public void Nothing_is_pruned_while_a_kept_record_can_t_be_read()
    {
        // A folder in its place is a file that can't be read, for root too.
        Directory.CreateDirectory(Path.Combine(_folder, "sources", "other", "newest.json"));
        using var held = new FileStream(Json, FileMode.Open, FileAccess.Read, FileShare.None);

        _store.Prune(new HashSet<string> { "abc" });

        File.Exists(Tar).Should().BeTrue();
    }

    [Fact]
    public void Folders_in_place_of_the_files_are_no_obstacle_to_fetching_them_again()
    {
        foreach (var file in (string[])[Tar, Json, Newest])
            Damage.FolderInItsPlace.Apply(file);

        _store.Load("abc").Should().BeNull();
        _store.NewestOf("site").Should().BeNull();
        Restore();

        _store.Load("abc").Should().NotBeNull();
        _store.NewestOf("site").Should().NotBeNull();
    }

    [Fact]
    public void Records_of_an_earlier_version_without_checksums_are_read()
    {
        foreach (var file in (string[])[Json, Newest])
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(file));
            File.WriteAllText(file, json.RootElement.GetProperty("content").GetRawText());
        }

        _store.Load("abc").Should().NotBeNull();
        _store.NewestOf("site").Should().NotBeNull();
    }

    private void Restore() => _store.Compose([_store.Save(Good, "origin", DateTimeOffset.UnixEpoch).Artifact]);
}
