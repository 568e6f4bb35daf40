using System.IO.Compression;
using EdgeOperator.Cli.Publishing;
using EdgeOperator.Testing;
using FsCheck.Fluent;

namespace EdgeOperator.Cli.Tests.Publishing;

public sealed class AppZipTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_app_is_packed_without_what_its_funcignore_names_and_without_a_developers_own_files()
    {
        foreach (var file in (string[])["host.json", "src/a.js", "src/a.test.js", "test/b.js", "local.settings.json", ".gitignore", ".git/config", "project.lock.json", "src/local.settings.json"])
            _folder.Write(file, file);
        _folder.Write(".funcignore", "*.test.js\ntest/\n");

        Names().Should().Equal("host.json", "src/a.js", "src/local.settings.json");
    }

    [Fact]
    public async Task The_same_files_give_the_same_bytes()
    {
        _folder.Write("host.json", "{}");
        _folder.Write("b.js", "b");
        var first = Pack();
        File.SetLastWriteTimeUtc(_folder.File("b.js"), new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        Pack().Should().Equal(first);
        await Shell.RunAsync("chmod", "+x", _folder.File("b.js"));
        Pack().Should().NotEqual(first);
    }

    [Fact]
    public void A_folder_without_host_json_is_no_app() =>
        FluentActions.Invoking(Pack).Should().Throw<UserError>().Which.Lines[0].Should().Contain("host.json");

    [Fact]
    public void A_link_to_a_folder_that_it_lies_in_is_no_endless_tree()
    {
        _folder.Write("host.json", "{}");
        Directory.CreateSymbolicLink(_folder.File("loop"), _folder);

        FluentActions.Invoking(Pack).Should().Throw<Exception>();
    }

    [Fact]
    public async Task Whatever_the_patterns_are_Git_leaves_out_the_same_files()
    {
        string[] names = ["a", "b", "ab", "a.js", "b.js", "c d"];
        var folders = (string[])["", "a", "b", "ab", "a/b", "a/a"];
        foreach (var file in folders.SelectMany(f => names.Select(n => $"{f}/f-{n}".TrimStart('/'))))
            _folder.Write(file, "");
        _folder.Write("host.json", "{}");
        await Shell.RunAsync("git", "init", "-q", _folder);
        var part = Gen.Elements("a", "b", "f-a", "f-*", "*", "**", "?", "*.js", "f-[ab]", "[!a]*", "ab", "f-a.js");
        var path = part.NonEmptyListOf().Select(parts => string.Join('/', parts.Take(3)));
        var pattern = Gen.Elements("", "/", "!", "!/").SelectMany(before => path.SelectMany(p => Gen.Elements("", "/", " ").Select(after => before + p + after)));
        var samples = pattern.ListOf(4).Select(p => string.Join('\n', p)).Sample(60, 30);

        foreach (var text in samples.Distinct())
        {
            await File.WriteAllTextAsync(_folder.File(".gitignore"), text + "\n!/host.json\n");
            File.Copy(_folder.File(".gitignore"), _folder.File(".funcignore"), overwrite: true);
            var expected = (await Shell.RunAsync("git", "-C", _folder, "-c", "core.quotePath=false", "ls-files", "--others", "--exclude-standard"))
                .Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(f => f is not (".gitignore" or ".funcignore"));
            Names().Should().BeEquivalentTo(expected, "the patterns are {0}", text);
        }
    }

    private IEnumerable<string> Names()
    {
        using var archive = new ZipArchive(new MemoryStream(Pack()));
        return [.. archive.Entries.Select(e => e.FullName)];
    }

    private byte[] Pack()
    {
        using var output = new MemoryStream();
        AppZip.Write(_folder, output);
        return output.ToArray();
    }
}
