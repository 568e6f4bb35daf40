namespace EdgeOperator.IntegrationTests.Sources;

public sealed class GitPartialTests : GitSourceTest
{
    private static readonly string Large = new('x', 300_000);

    [Fact]
    public async Task Only_the_last_commit_is_fetched()
    {
        await Repository.CommitAsync(("a.yaml", "1"));
        await Repository.CommitAsync(("a.yaml", "2"));

        await DeliveredAsync(Source());

        (await LocalGitAsync("rev-list", "--count", "refs/edgeoperator/fetched")).Trim().Should().Be("1");
    }

    [Fact]
    public async Task Of_other_folders_no_file_is_fetched()
    {
        var commit = await Repository.CommitAsync(("sites/berlin/a.yaml", "a"), ("sites/berlin/deep/b.yaml", "b"), ("sites/paris/c.yaml", "c"), ("assets/large", Large));

        var artifact = await DeliveredAsync(Source(c => c with { Path = "/sites/berlin/" }));

        artifact.Id.Should().Be($"{commit}:sites/berlin");
        Texts(artifact).Should().Equal(("a.yaml", "a"), ("deep/b.yaml", "b"));
        (await BlobsAsync()).Should().Be(2);
    }

    [Fact]
    public async Task Of_a_new_commit_only_the_changed_files_are_fetched()
    {
        var source = Source(c => c with { Path = "site" });
        await Repository.CommitAsync(("site/a.yaml", "1"), ("site/b.yaml", "1"), ("x", "1"));
        await DeliveredAsync(source);
        (await BlobsAsync()).Should().Be(1, "both files are the same blob");
        await Repository.CommitAsync(("site/a.yaml", "2"), ("site/b.yaml", "1"), ("x", "2"));

        Texts(await DeliveredAsync(source)).Should().Equal(("a.yaml", "2"), ("b.yaml", "1"));

        (await BlobsAsync()).Should().Be(2, "the old one is still there");
    }

    [Theory]
    [InlineData("")]
    [InlineData("site")]
    public async Task The_local_repository_is_kept_from_one_commit_to_the_next(string path)
    {
        var source = Source(c => c with { Path = path });
        await Repository.CommitAsync(("site/a.yaml", "1"));
        await DeliveredAsync(source);
        var mark = Path.Combine(LocalRepository, "mark");
        await File.WriteAllTextAsync(mark, "");
        await Repository.CommitAsync(("site/a.yaml", "2"));

        await DeliveredAsync(source);

        File.Exists(mark).Should().BeTrue();
    }

    [Fact]
    public async Task A_file_over_the_limit_is_refused_without_being_fetched()
    {
        await Repository.CommitAsync(("a.yaml", "a"), ("large", Large));

        var failed = await FailedAsync(Source(c => c with { MaxFileSize = 100_000 }));

        failed.Reason.Should().Be("Refused");
        failed.Message.Should().Contain("larger than 100000 bytes");
        new DirectoryInfo(LocalRepository).EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Length).Should().BeLessThan(100_000);
    }

    [Fact]
    public async Task A_server_that_can_t_leave_files_out_serves_all_the_same()
    {
        await Repository.GitAsync("config", "uploadpack.allowFilter", "false");
        await Repository.CommitAsync(("site/a.yaml", "a"), ("x", "x"));

        Texts(await DeliveredAsync(Source(c => c with { Path = "site" }))).Should().Equal(("a.yaml", "a"));
    }

    [Fact]
    public async Task A_folder_that_is_not_there_or_is_a_file_is_not_found()
    {
        await Repository.CommitAsync(("a.yaml", "a"));

        (await FailedAsync(Source(c => c with { Path = "no such/folder" }))).Message.Should().Contain("there is no folder no such/folder");
        (await FailedAsync(Source(c => c with { Path = "a.yaml" }))).Message.Should().Contain("a.yaml is not a folder");
    }

    [Theory]
    [InlineData("../up")]
    [InlineData("a/../../b")]
    [InlineData(".git")]
    [InlineData("a\nb")]
    public async Task A_folder_that_could_mean_something_else_is_refused(string path)
    {
        await Repository.CommitAsync(("a.yaml", "a"));

        (await FailedAsync(Source(c => c with { Path = path }))).Reason.Should().Be("Refused");
    }

    [Fact]
    public async Task The_local_repository_stays_small_over_many_commits()
    {
        var source = Source();
        string? known = null;
        for (var i = 0; i < 25; i++)
        {
            await Repository.CommitAsync(("a.yaml", $"{i}"), ("same", Large));
            known = (await DeliveredAsync(source, known)).Id;
        }

        Directory.GetFiles(Path.Combine(LocalRepository, "objects", "pack"), "*.pack").Length.Should().BeLessThan(22);
    }

    private async Task<int> BlobsAsync() =>
        (await LocalGitAsync("cat-file", "--batch-check=%(objecttype)", "--batch-all-objects")).Split('\n').Count(t => t == "blob");
}
