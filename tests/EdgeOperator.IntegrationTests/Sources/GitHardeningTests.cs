using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Sources;

/// <summary>A server and a repository that try to have something run.</summary>
public sealed class GitHardeningTests : GitSourceTest
{
    private readonly TempFolder _files = new();

    private string Trace => Path.Combine(_files, "it-ran");

    public override void Dispose()
    {
        _files.Dispose();
        base.Dispose();
    }

    [Fact]
    public async Task An_ext_address_runs_nothing()
    {
        (await FailedAsync(Source(c => c with { Url = $"ext::sh -c touch% {Trace}" }))).Reason.Should().Be("Refused");

        File.Exists(Trace).Should().BeFalse();
    }

    [Fact]
    public async Task An_address_that_is_an_option_runs_nothing()
    {
        (await FailedAsync(Source(c => c with { Url = $"--upload-pack=touch {Trace}" }))).Reason.Should().Be("Refused");

        File.Exists(Trace).Should().BeFalse();
    }

    [Fact]
    public async Task Hooks_that_somebody_put_into_the_local_repository_do_not_run()
    {
        await Repository.CommitAsync(("a.yaml", "1"));
        var source = Source();
        await DeliveredAsync(source);
        foreach (var hook in (string[])["reference-transaction", "post-checkout", "post-merge", "post-rewrite", "fsmonitor-watchman", "pre-auto-gc"])
            Program(Path.Combine(LocalRepository, "hooks", hook));
        await Repository.CommitAsync(("a.yaml", "2"));

        Texts(await DeliveredAsync(source)).Should().Equal(("a.yaml", "2"));

        File.Exists(Trace).Should().BeFalse();
    }

    [Fact]
    public async Task A_repository_of_another_user_is_read_and_its_settings_run_nothing()
    {
        var commit = await Repository.CommitAsync(("a.yaml", "a"));
        var program = Program(Path.Combine(_files, "program"));
        await Repository.GitAsync("config", "uploadpack.packObjectsHook", program);
        await Repository.GitAsync("config", "core.fsmonitor", program);
        await Repository.GitAsync("config", "core.sshCommand", program);
        await Repository.GitAsync("config", "core.alternateRefsCommand", program);
        await Shell.RunAsync("chown", "-R", "nobody", Repository.Path);

        (await DeliveredAsync(Source())).Id.Should().Be(commit);
        (await DeliveredAsync(Source(c => c with { Url = Repository.Path }))).Id.Should().Be(commit);

        File.Exists(Trace).Should().BeFalse();
    }

    private string Program(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, $"#!/bin/sh\ntouch {Trace}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
