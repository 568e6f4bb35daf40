using EdgeOperator.Agent.Sources;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Sources;

public sealed class GitContentTests : GitSourceTest
{
    [Fact]
    public async Task A_link_inside_the_folder_is_followed()
    {
        await Repository.CommitAsync(("base/a.yaml", "a"));
        await LinkAsync("site", "base");

        Texts(await DeliveredAsync(Source())).Should().Equal(("base/a.yaml", "a"), ("site/a.yaml", "a"));
    }

    [Fact]
    public async Task What_may_be_run_and_what_is_a_link_is_delivered()
    {
        await Repository.CommitAsync(("tool", "#!/bin/sh"));
        File.SetUnixFileMode(Path.Combine(Repository.Path, "tool"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await LinkAsync("bin", "tool");

        (await DeliveredAsync(Source())).Files.Select(f => (f.Path, f.IsExecutable, f.LinkedFrom))
            .Should().Equal(("bin", true, "tool"), ("tool", true, null));
    }

    [Theory]
    [InlineData("/etc/passwd", "is absolute")]
    [InlineData("../../etc/passwd", "leaves the source")]
    [InlineData("nowhere", "is not there")]
    public async Task A_link_that_can_t_be_followed_is_refused_and_all_else_delivered(string target, string why)
    {
        await Repository.CommitAsync(("a.yaml", "a"));
        await LinkAsync("b", target);

        var files = (await DeliveredAsync(Source())).Files;

        files.Select(f => f.Path).Should().Equal("a.yaml", "b");
        files.Select(f => f.Refused).First().Should().BeNull();
        files[1].Refused.Should().Contain(why);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_link_may_leave_the_source_s_folder_and_stay_in_the_repository(bool withoutFilters)
    {
        var commit = await Repository.CommitAsync(("base/a.yaml", "a"), ("base/deep/b.yaml", "b"), ("other/c.yaml", "c"));
        await Repository.GitAsync("update-index", "--add", "--cacheinfo", $"160000,{commit},modules/sub");
        await LinkAsync("base/linked.yaml", "deep/b.yaml");
        await LinkAsync("site/a.yaml", "../base/a.yaml");
        await LinkAsync("site/all", "../base");
        await LinkAsync("site/out", "../../etc");
        if (withoutFilters)
            await Repository.GitAsync("config", "uploadpack.allowFilter", "false");

        var artifact = await DeliveredAsync(Source(c => c with { Path = "site" }));

        Texts(artifact with { Files = [.. artifact.Files.Where(f => f.Refused is null)] }).Should().Equal(
            ("a.yaml", "a"), ("all/a.yaml", "a"), ("all/deep/b.yaml", "b"), ("all/linked.yaml", "b"));
        artifact.Files.Should().ContainSingle(f => f.Refused != null).Which.Path.Should().Be("out");
    }

    [Fact]
    public async Task A_name_that_is_not_UTF_8_is_refused_and_all_else_delivered()
    {
        await Repository.CommitAsync(("a.yaml", "a"));
        await Shell.RunAsync("sh", "-c", $"cd {Repository.Path} && echo x >\"$(printf 'caf\\351.txt')\" && git add -A && git commit -qm Latin-1");

        (await DeliveredAsync(Source())).Files.Select(f => (f.Path, f.Refused is null)).Should().Equal(("a.yaml", true), ("caf\uFFFD.txt", false));
        await Shell.RunAsync("sh", "-c", $"rm {Repository.Path}/caf*");
    }

    [Fact]
    public async Task A_submodule_is_refused_and_not_fetched()
    {
        var commit = await Repository.CommitAsync(("a.yaml", "a"));
        await Repository.GitAsync("update-index", "--add", "--cacheinfo", $"160000,{commit},modules/sub");
        await Repository.GitAsync("commit", "-q", "-m", "Add a submodule");

        (await FailedAsync(Source())).Should().Match<FetchResult.Failed>(f => f.Reason == "Refused" && f.Message.Contains("modules/sub is a submodule"));
    }

    [Fact]
    public async Task A_submodule_outside_the_source_s_folder_is_nobody_s_business()
    {
        var commit = await Repository.CommitAsync(("site/a.yaml", "a"));
        await Repository.GitAsync("update-index", "--add", "--cacheinfo", $"160000,{commit},modules/sub");
        await Repository.GitAsync("commit", "-q", "-m", "Add a submodule");

        Texts(await DeliveredAsync(Source(c => c with { Path = "site" }))).Should().Equal(("a.yaml", "a"));
    }

    [Fact]
    public async Task A_file_over_the_limit_is_refused_by_name()
    {
        await Repository.CommitAsync(("site/a.yaml", new string('a', 2000)));

        (await FailedAsync(Source(c => c with { Path = "site", MaxFileSize = 1000 }))).Message.Should()
            .Be("a.yaml has 2000 bytes; at most 1000 are accepted (maxFileSize)");
    }

    [Fact]
    public async Task Too_many_files_are_refused()
    {
        await Repository.CommitAsync(("a", ""));
        var blob = (await Repository.GitAsync("rev-parse", "HEAD:a")).Trim();
        var list = Path.Combine(Repository.Path, "list");
        await File.WriteAllLinesAsync(list, Enumerable.Range(0, 50_001).Select(i => $"100644 {blob}\tf{i}"));
        await Shell.RunAsync("sh", "-c", $"cd {Repository.Path} && git update-index --index-info <{list}");
        await Repository.GitAsync("commit", "-q", "-m", "Many");

        (await FailedAsync(Source())).Message.Should().Contain("more than 50000 files");
    }

    [Fact]
    public async Task Attributes_and_filters_change_nothing()
    {
        await Repository.CommitAsync((".gitattributes", "* text eol=crlf ident filter=evil\n"), ("a.yaml", "$Id$\nb\n"));

        Texts(await DeliveredAsync(Source())).Should().Contain(("a.yaml", "$Id$\nb\n"));
    }

    [Fact]
    public async Task A_path_with_spaces_quotes_and_other_letters_is_kept()
    {
        await Repository.CommitAsync(("Straße/it's \"a\".yaml", "a"));

        Texts(await DeliveredAsync(Source(c => c with { Path = "Straße" }))).Should().Equal(("it's \"a\".yaml", "a"));
    }

    [Theory]
    [InlineData("100644", "..")]
    [InlineData("100644", ".git")]
    public async Task A_tree_that_git_itself_would_not_make_is_refused(string mode, string name)
    {
        // mktree makes any tree, so a hostile server can have it.
        await Repository.CommitAsync(("a", "x"));
        var blob = (await Repository.GitAsync("rev-parse", "HEAD:a")).Trim();
        var tree = (await Shell.RunAsync("sh", "-c", $"printf '%s blob %s\\t%s\\0' {mode} {blob} '{name}' | git -C {Repository.Path} mktree -z")).Trim();
        var commit = (await Repository.GitAsync("commit-tree", "-m", "Evil", tree)).Trim();
        await Repository.GitAsync("update-ref", "refs/heads/main", commit);

        (await FailedAsync(Source())).Reason.Should().Be("Refused");
    }

    private async Task LinkAsync(string path, string target)
    {
        var file = Path.Combine(Repository.Path, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.CreateSymbolicLink(file, target);
        await Repository.GitAsync("add", "-A");
        await Repository.GitAsync("commit", "-q", "-m", "Add a link");
    }
}
