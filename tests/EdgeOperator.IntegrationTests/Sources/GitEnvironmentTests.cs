using EdgeOperator.Agent.Sources;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Sources;

/// <summary>The agent's environment belongs to the whole process, so nothing else runs beside these.</summary>
[Collection(nameof(GitEnvironmentTests))]
[CollectionDefinition(nameof(GitEnvironmentTests), DisableParallelization = true)]
public sealed class GitEnvironmentTests : GitSourceTest
{
    private readonly TempFolder _files = new();

    private string Trace => Path.Combine(_files, "it-ran");

    public override void Dispose()
    {
        _files.Dispose();
        base.Dispose();
    }

    [Fact]
    public async Task Nothing_of_the_agent_s_own_environment_takes_part()
    {
        var commit = await Repository.CommitAsync(("a.yaml", "a"));
        var program = Program("program", $"touch {Trace}");
        var settings = _files.Write("home/.gitconfig", $"[core]\n\tfsmonitor = {program}\n\tsshCommand = {program}\n[url \"file:///nowhere\"]\n\tinsteadOf = {Repository.Url}\n");
        using var variables = new Variables(
            ("HOME", Path.GetDirectoryName(settings)!),
            ("XDG_CONFIG_HOME", Path.GetDirectoryName(settings)!),
            ("GIT_CONFIG_GLOBAL", settings),
            ("GIT_DIR", "/nowhere"),
            ("GIT_OBJECT_DIRECTORY", "/nowhere"),
            ("GIT_SSH_COMMAND", program),
            ("GIT_ASKPASS", program),
            ("GIT_PROXY_COMMAND", program),
            ("GIT_TRACE", Trace),
            ("LC_ALL", "de_DE.UTF-8"));

        (await DeliveredAsync(Source())).Id.Should().Be(commit);

        File.Exists(Trace).Should().BeFalse();
    }

    [Fact]
    public async Task A_login_is_neither_in_an_argument_nor_on_the_disk()
    {
        // A git that writes down what it is given.
        var recorded = Path.Combine(_files, "recorded");
        var real = (await Shell.RunAsync("which", "git")).Trim();
        Program("bin/git", $"echo \"$@\" >>{recorded}\nexec {real} \"$@\"");
        using var authority = new TestAuthority();
        var commit = await Repository.CommitAsync(("a.yaml", "a"));
        await using var server = await HttpGitServer.StartAsync(Repository.Path, authority.Server);
        server.Authorization = HttpGitServer.Basic("git", "s3cr3t");
        var source = Source(c => c with
        {
            Url = server.Url + "/.git",
            CaFile = _files.Write("ca.pem", authority.Pem),
            TokenFile = _files.Write("token", "s3cr3t"),
        });

        using (new Variables(("PATH", $"{_files}/bin:{Environment.GetEnvironmentVariable("PATH")}")))
            (await DeliveredAsync(source)).Id.Should().Be(commit);

        var arguments = await File.ReadAllTextAsync(recorded);
        arguments.Should().Contain("fetch");
        var written = string.Concat(Directory.GetFiles(SourceFolder, "*", SearchOption.AllDirectories).Select(File.ReadAllText));
        foreach (var secret in (string[])["s3cr3t", HttpGitServer.Basic("git", "s3cr3t")])
        {
            arguments.Should().NotContain(secret);
            written.Should().NotContain(secret);
        }
    }

    [Fact]
    public async Task A_machine_without_git_is_told_so()
    {
        using (new Variables(("PATH", _files)))
            (await FailedAsync(Source())).Should().Match<FetchResult.Failed>(f => f.Reason == "GitMissing" && f.Message.Contains("install it"));
    }

    private string Program(string name, string body)
    {
        var path = _files.Write(name, $"#!/bin/sh\n{body}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    /// <summary>Variables of this process for a while.</summary>
    private sealed class Variables : IDisposable
    {
        private readonly (string Name, string? Value)[] _before;

        public Variables(params (string Name, string Value)[] variables)
        {
            _before = [.. variables.Select(v => (v.Name, Environment.GetEnvironmentVariable(v.Name)))];
            foreach (var (name, value) in variables)
                Environment.SetEnvironmentVariable(name, value);
        }

        public void Dispose()
        {
            foreach (var (name, value) in _before)
                Environment.SetEnvironmentVariable(name, value);
        }
    }
}
