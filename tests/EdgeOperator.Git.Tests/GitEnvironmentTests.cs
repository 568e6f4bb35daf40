using EdgeOperator.Core.Manifests;
using EdgeOperator.Testing;

namespace EdgeOperator.Git.Tests;

public sealed class GitEnvironmentTests : IDisposable
{
    private const string Url = "https://git.example.com/fleet.git";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Files_that_never_end_or_never_begin_fail_the_fetch_and_do_not_hold_it()
    {
        var pipe = _folder.File("pipe");
        await Shell.RunAsync("mkfifo", pipe);

        foreach (var file in (string[])[pipe, "/dev/zero", "/dev/urandom", _folder])
        {
            foreach (var configuration in (GitSourceConfiguration[])[Plain with { TokenFile = file }, Plain with { CaFile = file }])
            {
                var failed = FluentActions.Invoking(() => Environment(configuration).Network()).Should().Throw<FetchException>().Which;
                failed.Reason.Should().Be("AuthenticationFailed");
                failed.Message.Should().Contain($"{file} is a ");
            }
        }
    }

    [Fact]
    public void A_missing_file_is_said_to_be_missing()
    {
        foreach (var configuration in (GitSourceConfiguration[])[Plain with { TokenFile = "/nowhere/it" }, Plain with { CaFile = "/nowhere/it" }])
            FluentActions.Invoking(() => Environment(configuration).Network()).Should().Throw<FetchException>().WithMessage("*file /nowhere/it does not exist");
    }

    private static GitSourceConfiguration Plain => new() { Name = "fleet", Url = Url, Ref = new GitRef.Branch("main") };

    private GitEnvironment Environment(GitSourceConfiguration configuration) => new(configuration, GitUrl.Parse(Url), _folder);
}
