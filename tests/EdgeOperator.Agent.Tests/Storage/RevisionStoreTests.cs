using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;
using EdgeOperator.Agent.Storage;
using EdgeOperator.Agent.Tests.Sources;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Platform.Files;
using EdgeOperator.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeOperator.Agent.Tests.Storage;

public sealed class RevisionStoreTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly RevisionStore _store;

    public RevisionStoreTests() => _store = new(_folder, NullLogger<RevisionStore>.Instance);

    private string Revisions => Path.Combine(_folder, "revisions");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_composed_is_loaded_byte_for_byte()
    {
        var artifact = Artifact("site", "abc:sites/berlin", ("a.yaml", "ä\0\n"), ("deep/" + new string('d', 300) + "/b.yaml", ""), ("c", new string('c', 70_000)));

        var revision = Compose(artifact);

        revision.Id.Should().Be("abc:sites/berlin");
        revision.Display.Should().Be("site@abc:sites/berlin");
        var loaded = _store.Load(revision.Id)!;
        var same = loaded.Artifacts.Should().ContainSingle().Subject;
        (same with { Files = [] }).Should().Be(artifact with { Files = [] });
        same.Texts().Should().Equal(artifact.Texts());
    }

    [Fact]
    public void What_may_be_run_and_what_is_a_link_is_kept()
    {
        var tool = new ManifestFile("bin/tool", "run"u8.ToArray()) { IsExecutable = true };
        var link = tool with { Path = "a-link", LinkedFrom = "bin/tool" };

        var files = _store.Load(Compose(Artifact("site", "abc") with { Files = [link, tool, new("z", "z"u8.ToArray())] }).Id)!.Artifacts.Single().Files;

        files.Select(f => (f.Path, Encoding.UTF8.GetString(f.Content.Span), f.IsExecutable, f.LinkedFrom)).Should().Equal(
            ("a-link", "run", true, "bin/tool"), ("bin/tool", "run", true, null), ("z", "z", false, null));
    }

    [Fact]
    public void The_last_revision_knows_what_a_source_delivered_when_nothing_else_does()
    {
        Compose(Artifact("site", "abc"));
        Compose(Artifact("site", "def"));
        Directory.Delete(_store.SourceFolder("site"), recursive: true);

        _store.NewestOf("site").Should().BeNull();
        _store.LastOf("site").Should().Be("def");
        _store.LastOf("other").Should().BeNull();
    }

    [Fact]
    public void Why_a_file_can_t_be_used_is_kept()
    {
        var refused = new ManifestFile("café/link", default) { Refused = "is a symlink to nowhere=\"x\", which is not there" };

        var file = _store.Load(Compose(Artifact("site", "abc") with { Files = [refused] }).Id)!.Artifacts.Single().Files.Should().ContainSingle().Subject;

        (file.Path, file.Refused, file.Content.Length).Should().Be((refused.Path, refused.Refused, 0));
    }

    [Fact]
    public void What_an_earlier_version_stored_is_read_as_plain_files()
    {
        var artifact = Artifact("site", "abc", ("a.yaml", "a"));
        var revision = Compose(artifact);
        var old = new MemoryStream();
        using (var tar = new TarWriter(old, leaveOpen: true))
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "a.yaml") { DataStream = new MemoryStream("a"u8.ToArray()), ModificationTime = DateTimeOffset.UnixEpoch });

        File.WriteAllBytes(Path.Combine(Revisions, "abc.tar"), old.ToArray());
        var record = Path.Combine(Revisions, "abc.json");
        using var json = System.Text.Json.JsonDocument.Parse(File.ReadAllBytes(record));
        File.WriteAllText(record, System.Text.RegularExpressions.Regex.Replace(
            json.RootElement.GetProperty("content").GetRawText(), "[0-9a-f]{64}", Convert.ToHexStringLower(SHA256.HashData(old.ToArray()))));

        var file = _store.Load(revision.Id)!.Artifacts.Single().Files.Should().ContainSingle().Subject;
        (file.Path, file.IsExecutable, file.LinkedFrom).Should().Be(("a.yaml", false, null));
    }

    [Fact]
    public void An_artifact_without_files_is_kept_too() =>
        _store.Load(Compose(Artifact("site", "abc")).Id)!.Artifacts.Single().Files.Should().BeEmpty();

    [Fact]
    public void Two_sources_at_the_same_artifact_make_another_revision_than_one()
    {
        var one = Compose(Artifact("a", "abc"));
        var both = Compose(Artifact("a", "abc"), Artifact("b", "abc"));

        both.Id.Should().NotBe(one.Id);
        _store.Load(both.Id)!.Artifacts.Select(a => a.Source).Should().Equal("a", "b");
    }

    [Fact]
    public void An_unknown_revision_is_missing() => _store.Load("nope").Should().BeNull();

    [Fact]
    public void Revisions_are_listed_the_last_one_first_also_when_an_old_one_comes_back()
    {
        Compose(Artifact("a", "1"));
        Compose(Artifact("a", "2"));
        Compose(Artifact("a", "3"));
        _store.List().Select(r => r.Id).Should().Equal("3", "2", "1");

        Compose(Artifact("a", "1"));
        _store.List().Select(r => r.Id).Should().Equal("1", "3", "2");
    }

    [Fact]
    public void Pruning_keeps_what_is_named_the_newest_revision_and_what_the_sources_are_at()
    {
        foreach (var id in (string[])["1", "2", "3", "4"])
            Compose(Artifact("a", id));
        _store.Save(Artifact("a", "5"), "o", DateTimeOffset.UnixEpoch);
        _folder.Write($"revisions/{AtomicFile.TemporaryName("6.tar")}", "cut short");

        _store.Prune(new HashSet<string> { "2" });

        _store.List().Select(r => r.Id).Should().Equal("4", "2");
        _store.Load("2").Should().NotBeNull();
        _store.Load("1").Should().BeNull();
        _store.NewestOf("a")!.Artifact.Id.Should().Be("5");
        Directory.GetFiles(Revisions).Select(Path.GetFileName).Should().BeEquivalentTo("2.json", "2.tar", "4.json", "4.tar", "5.tar");
    }

    [Fact]
    public void An_artifact_that_a_kept_revision_shares_is_kept()
    {
        Compose(Artifact("a", "1"), Artifact("b", "shared"));
        var kept = Compose(Artifact("a", "2"), Artifact("b", "shared"));

        _store.Prune(new HashSet<string> { kept.Id });

        _store.Load(kept.Id)!.Artifacts.Select(a => a.Id).Should().Equal("2", "shared");
    }

    [Fact]
    public void Names_that_no_file_may_have_are_kept_apart()
    {
        string[] ids = ["../../etc/passwd", "a/b", "a:b", "A", "a", new string('x', 500), "."];

        foreach (var id in ids)
            Compose(Artifact("s", id, ("f", id)));

        foreach (var id in ids)
            Encoding.UTF8.GetString(_store.Load(id)!.Artifacts.Single().Files.Single().Content.Span).Should().Be(id);

        Directory.GetFiles(_folder, "*", SearchOption.AllDirectories).Should().HaveCount((2 * ids.Length) + 1);
    }

    [Fact]
    public void What_is_stored_is_for_the_agent_s_eyes_only()
    {
        Compose(Artifact("s", "1", ("secret", "x")));

        File.GetUnixFileMode(Path.Combine(Revisions, "1.tar")).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.GetUnixFileMode(Revisions).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Fact]
    public void A_disk_that_can_t_be_written_is_one_kind_of_failure_and_costs_nothing()
    {
        Compose(Artifact("a", "1"));
        Directory.CreateDirectory(Path.Combine(Revisions, AtomicFile.TemporaryName("2.tar")));

        _store.Invoking(s => s.Save(Artifact("a", "2"), "o", DateTimeOffset.UnixEpoch)).Should().Throw<StorageException>();

        _store.NewestOf("a")!.Artifact.Id.Should().Be("1");
        _store.Load("1").Should().NotBeNull();
    }

    private static Artifact Artifact(string source, string id, params (string Path, string Content)[] files) =>
        new(source, id, $"{source}@{id}", [.. files.Select(f => new ManifestFile(f.Path, Encoding.UTF8.GetBytes(f.Content)))]);

    private Core.Protocol.RevisionStatus Compose(params Artifact[] artifacts) =>
        _store.Compose([.. artifacts.Select(a => _store.Save(a, "origin", DateTimeOffset.UnixEpoch).Artifact)]);
}
