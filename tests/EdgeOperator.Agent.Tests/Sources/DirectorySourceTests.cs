using System.Security.Cryptography;
using System.Text;
using EdgeOperator.Agent.Sources;
using EdgeOperator.Agent.Storage;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Testing;

namespace EdgeOperator.Agent.Tests.Sources;

public sealed class DirectorySourceTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(30));

    public void Dispose()
    {
        _deadline.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task All_files_are_delivered_by_path()
    {
        _folder.Write("b.yaml", "b");
        _folder.Write("sites/a.yaml", "a");
        _folder.Write("empty", "");

        (await DeliveredAsync()).Texts().Should().Equal(("b.yaml", "b"), ("empty", ""), ("sites/a.yaml", "a"));
    }

    [Fact]
    public async Task The_id_changes_with_contents_and_paths_and_with_nothing_else()
    {
        _folder.Write("a.yaml", "1");
        var first = (await DeliveredAsync()).Id;

        File.SetLastWriteTimeUtc(Path.Combine(_folder, "a.yaml"), DateTime.UnixEpoch);
        (await Source().FetchAsync(new(first), _deadline.Token)).Should().BeOfType<FetchResult.Unchanged>();

        _folder.Write("a.yaml", "2");
        var second = (await DeliveredAsync(first)).Id;
        File.Move(Path.Combine(_folder, "a.yaml"), Path.Combine(_folder, "b.yaml"));
        var third = (await DeliveredAsync(second)).Id;

        new[] { first, second, third }.Should().OnlyHaveUniqueItems();
        first.Should().MatchRegex("^[0-9a-f]{40}$");
    }

    [Fact]
    public async Task What_a_working_tree_and_an_editor_keep_beside_the_files_is_left_out()
    {
        _folder.Write("a.yaml", "a");
        _folder.Write(".git/config", "x");
        _folder.Write("sub/.git", "gitdir: elsewhere");
        _folder.Write(".a.yaml.swp", "x");
        _folder.Write("a.yaml~", "x");

        (await DeliveredAsync()).Texts().Should().Equal(("a.yaml", "a"));
    }

    [Fact]
    public async Task A_path_that_is_too_long_is_named()
    {
        _folder.Write("a.yaml", "a");
        Directory.CreateDirectory(Path.Combine([_folder, .. Enumerable.Repeat(new string('n', 100), 11)]));

        (await FailedAsync()).Should().Match<FetchResult.Failed>(f => f.Reason == "Refused" && f.Message.Contains("is longer than 1024 characters"));
    }

    [Fact]
    public async Task Links_inside_the_folder_are_followed_as_config_maps_are_mounted()
    {
        _folder.Write("..2024_01/a.yaml", "a");
        File.CreateSymbolicLink(Path.Combine(_folder, "..data"), "..2024_01");
        File.CreateSymbolicLink(Path.Combine(_folder, "a.yaml"), "..data/a.yaml");

        (await DeliveredAsync()).Texts().Should().Equal(("..2024_01/a.yaml", "a"), ("..data/a.yaml", "a"), ("a.yaml", "a"));
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../../../etc/passwd")]
    public async Task A_link_out_of_the_folder_is_refused_and_all_else_delivered(string target)
    {
        _folder.Write("a.yaml", "a");
        var before = await DeliveredAsync();
        File.CreateSymbolicLink(Path.Combine(_folder, "b"), target);

        var after = await DeliveredAsync();

        after.Files.Select(f => (f.Path, f.Refused is null)).Should().Equal(("a.yaml", true), ("b", false));
        after.Id.Should().NotBe(before.Id);
    }

    [Fact]
    public async Task A_Git_LFS_pointer_is_never_taken_for_the_file()
    {
        _folder.Write("model.bin", $"version https://git-lfs.github.com/spec/v1\noid sha256:{new string('a', 64)}\nsize 1\n");

        (await DeliveredAsync()).Files.Should().ContainSingle().Which.Should().Match<ManifestFile>(f => f.Content.Length == 0 && f.Refused!.Contains("Git LFS pointer"));
    }

    [Fact]
    public async Task A_Git_LFS_pointer_in_a_working_tree_is_the_file_when_its_repository_has_it()
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData("weights"u8));
        _folder.Write("model.bin", $"version https://git-lfs.github.com/spec/v1\noid sha256:{hash}\nsize 7\n");
        _folder.Write($".git/lfs/objects/{hash[..2]}/{hash[2..4]}/{hash}", "weights");

        Encoding.UTF8.GetString((await DeliveredAsync()).Files.Single().Content.Span).Should().Be("weights");
    }

    [Fact]
    public async Task Names_that_are_not_UTF_8_are_refused_and_all_else_delivered()
    {
        _folder.Write("a.yaml", "a");
        await Shell.RunAsync("sh", "-c", $"cd {(string)_folder} && echo x >\"$(printf 'caf\\351.txt')\" && mkdir \"$(printf '\\351')\" && echo x >\"$(printf '\\351/b')\"");

        (await DeliveredAsync()).Files.Select(f => (f.Path, f.Refused is null)).Should().Equal(("a.yaml", true), ("caf\uFFFD.txt", false), ("\uFFFD", false));
        await Shell.RunAsync("sh", "-c", $"cd {(string)_folder} && rm -r caf* \"$(printf '\\351')\"");
    }

    [Fact]
    public async Task What_may_be_run_and_what_is_a_link_is_delivered_and_makes_another_id()
    {
        var tool = _folder.Write("tool", "#!/bin/sh");
        var plain = await DeliveredAsync();
        File.SetUnixFileMode(tool, File.GetUnixFileMode(tool) | UnixFileMode.UserExecute);
        var executable = await DeliveredAsync();
        File.CreateSymbolicLink(Path.Combine(_folder, "bin"), "tool");
        var linked = await DeliveredAsync();

        linked.Files.Select(f => (f.Path, f.IsExecutable, f.LinkedFrom)).Should().Equal(("bin", true, "tool"), ("tool", true, null));
        new[] { plain.Id, executable.Id, linked.Id }.Should().OnlyHaveUniqueItems();
        plain.Files.Single().IsExecutable.Should().BeFalse();
    }

    [Fact]
    public async Task The_folder_itself_may_be_a_link()
    {
        _folder.Write("releases/5/a.yaml", "a");
        File.CreateSymbolicLink(Path.Combine(_folder, "current"), "releases/5");

        (await DeliveredAsync(path: Path.Combine(_folder, "current"))).Texts().Should().Equal(("a.yaml", "a"));
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_not_found() =>
        (await FailedAsync(Path.Combine(_folder, "nowhere"))).Reason.Should().Be("NotFound");

    [Fact]
    public async Task A_pipe_does_not_hold_up_the_agent()
    {
        await Shell.RunAsync("mkfifo", Path.Combine(_folder, "pipe"));
        _folder.Write("a.yaml", "a");

        (await DeliveredAsync()).Texts().Should().Equal(("a.yaml", "a"), ("pipe", ""));
    }

    [Fact]
    public async Task A_file_that_is_too_large_is_refused_by_its_size_alone()
    {
        using (var file = File.Create(Path.Combine(_folder, "large")))
            file.SetLength(65 * 1024 * 1024);

        (await FailedAsync()).Should().Match<FetchResult.Failed>(f => f.Reason == "Refused" && f.Message.Contains("large has 68157440 bytes"));
    }

    [Fact]
    public async Task Files_that_are_too_large_together_are_refused()
    {
        for (var i = 0; i < 5; i++)
        {
            using var file = File.Create(Path.Combine(_folder, $"{i}"));
            file.SetLength(60 * 1024 * 1024);
        }

        (await FailedAsync()).Message.Should().Contain("in all");
    }

    [Fact]
    public async Task A_file_that_can_t_be_read_fails_the_whole()
    {
        _folder.Write("a.yaml", "a");
        using var held = new FileStream(_folder.Write("b.yaml", "b"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);

        (await FailedAsync()).Should().Match<FetchResult.Failed>(f => f.Reason == "Unreadable" && f.Message.Contains("b.yaml"));
    }

    [Fact]
    public async Task A_file_that_is_being_written_is_never_delivered_in_part()
    {
        var whole = new string('x', 100_000) + "end";
        _folder.Write("a.yaml", whole);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_deadline.Token);
        var writing = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
                File.WriteAllText(Path.Combine(_folder, "a.yaml"), whole);
        });

        var result = await Source().FetchAsync(new(null), _deadline.Token);
        await stop.CancelAsync();
        await writing;

        // The writer never rests, so the source gives up, unless the machine stopped the writer between two files.
        if (result is FetchResult.Fetched fetched)
            fetched.Artifact.Texts().Should().Equal(("a.yaml", whole));
        else
            result.Should().BeOfType<FetchResult.Failed>().Which.Reason.Should().Be("Changing");
        (await DeliveredAsync()).Texts().Should().Equal(("a.yaml", whole));
    }

    private DirectorySource Source(string? path = null) =>
        new(new DirectorySourceConfiguration { Name = "local", Path = path ?? _folder }, TimeProvider.System);

    private async Task<Artifact> DeliveredAsync(string? known = null, string? path = null) =>
        (await Source(path).FetchAsync(new(known), _deadline.Token)).Should().BeOfType<FetchResult.Fetched>().Subject.Artifact;

    private async Task<FetchResult.Failed> FailedAsync(string? path = null) =>
        (await Source(path).FetchAsync(new(null), _deadline.Token)).Should().BeOfType<FetchResult.Failed>().Subject;
}
