using EdgeOperator.Functions.Blobs;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Functions.Tests.Blobs;

public sealed class EmbeddedBlobsTests : IAsyncLifetime
{
    private readonly BlobFolder _folder = new();

    public Task InitializeAsync() => _folder.InitializeAsync();

    public Task DisposeAsync() => _folder.DisposeAsync();

    [Fact]
    public async Task What_is_written_is_there_after_a_restart()
    {
        await _folder.WriteAsync("files/a/b.txt", "one");
        await _folder.WriteAsync("files/a", "a blob beside a folder of its name");
        await _folder.WriteAsync("files/A/B.txt", "another case");

        await _folder.ReopenAsync();

        (await _folder.ReadAsync("files/a/b.txt")).Should().Be("one");
        (await _folder.ReadAsync("files/a")).Should().Be("a blob beside a folder of its name");
        (await _folder.ReadAsync("files/A/B.txt")).Should().Be("another case");
        (await _folder.ReadAsync("files/b")).Should().BeNull();
        (await _folder.ReadAsync("other/a")).Should().BeNull();
    }

    [Fact]
    public async Task A_blob_is_replaced_by_another_version_and_leaves_no_file_behind()
    {
        var path = BlobPath.Parse("files/a");
        await _folder.WriteAsync("files/a", "one");
        var first = (await _folder.Store.ReadAsync(path, default))!.Properties;
        await _folder.WriteAsync("files/a", "two!");
        var second = (await _folder.Store.ReadAsync(path, default))!.Properties;

        second.ETag.Should().NotBe(first.ETag);
        (second.Length, second.Created).Should().Be((4, first.Created));
        Directory.GetFiles(_folder.Contents).Should().HaveCount(1);
        (await _folder.Blobs.DeleteAsync(path, default)).Should().BeTrue();
        (await _folder.Blobs.DeleteAsync(path, default)).Should().BeFalse();
        Directory.GetFiles(_folder.Contents).Should().BeEmpty();
    }

    [Fact]
    public async Task No_name_of_a_blob_becomes_a_path()
    {
        await _folder.WriteAsync("files/..x\\y:|*con", "x");
        await _folder.WriteAsync("files//etc/passwd", "x");
        await _folder.WriteAsync($"files/{new string('é', 1024)}", "long");

        Directory.GetFileSystemEntries(_folder.Contents).Should().HaveCount(3).And.OnlyContain(f => Path.GetFileName(f).All(char.IsAsciiHexDigitLower));
        Directory.GetFileSystemEntries(_folder.Root).Select(Path.GetFileName).Should().OnlyContain(f => f == "blobs" || f!.StartsWith("host.db"));
        (await _folder.ReadAsync("files//etc/passwd")).Should().Be("x");
    }

    [Fact]
    public async Task What_a_killed_host_left_behind_is_deleted()
    {
        await _folder.WriteAsync("files/a", "one");
        await File.WriteAllTextAsync(Path.Combine(_folder.Contents, "0123456789abcdef0123456789abcdef"), "half");

        await _folder.ReopenAsync();

        Directory.GetFiles(_folder.Contents).Should().HaveCount(1);
        (await _folder.ReadAsync("files/a")).Should().Be("one");
    }

    [Fact]
    public async Task A_lost_file_is_an_error_and_not_a_missing_blob()
    {
        await _folder.WriteAsync("files/a", "one");
        File.Delete(Directory.GetFiles(_folder.Contents).Single());

        await FluentActions.Awaiting(() => _folder.ReadAsync("files/a")).Should().ThrowAsync<IOException>().WithMessage("The content of the blob files/a is missing*");
    }

    [Fact]
    public async Task Readers_and_writers_at_once_see_whole_versions()
    {
        await _folder.WriteAsync("files/a", new('0', 1000));

        var read = await Task.WhenAll(Enumerable.Range(0, 40).Select(async n =>
        {
            await _folder.WriteAsync("files/a", new((char)('0' + (n % 10)), 1000));
            return await _folder.ReadAsync("files/a");
        }));

        read.Should().OnlyContain(text => text!.Length == 1000 && text.Distinct().Count() == 1);
        Directory.GetFiles(_folder.Contents).Should().HaveCount(1);
    }

    [Fact]
    public async Task Listing_goes_on_over_pages_and_keeps_to_the_prefix()
    {
        await Task.WhenAll(Enumerable.Range(0, 1100).Select(n => _folder.WriteAsync($"files/p/{n:0000}", "")));
        await _folder.WriteAsync("files/q", "");

        (await ListAsync("files", "p/")).Should().Equal(Enumerable.Range(0, 1100).Select(n => $"p/{n:0000}"));
        (await ListAsync("missing", "")).Should().BeEmpty();
    }

    [Fact]
    public void It_lists_what_a_dictionary_would_hold() => Prop.ForAll(
        Arb.From(Gen.ArrayOf(Gen.Elements("a", "ab", "a/b", "a%b", "a_b", "é", "B"))),
        Arb.From(Gen.Elements("", "a", "a/", "a_", "é")),
        (names, prefix) => ListsAsync(names, prefix).GetAwaiter().GetResult()).Check(Config.QuickThrowOnFailure.WithMaxTest(15));

    private async Task<bool> ListsAsync(string[] names, string prefix)
    {
        var container = $"c{Guid.NewGuid():N}";
        await Task.WhenAll(names.Select(name => _folder.WriteAsync($"{container}/{name}", name)));
        return (await ListAsync(container, prefix)).SequenceEqual(
            names.Distinct().Where(n => n.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    private async Task<List<string>> ListAsync(string container, string prefix)
    {
        var names = new List<string>();
        await foreach (var blob in _folder.Store.ListAsync(container, prefix, default))
            names.Add(blob.Path.Name);
        return names;
    }
}
