using EdgeOperator.Core.Manifests;
using EdgeOperator.Testing;

namespace EdgeOperator.Git.Tests;

public sealed class SshCommandTests : IDisposable
{
    private static readonly GitSourceConfiguration Plain = new() { Name = "main", Url = "ssh://git@example.com/a" };

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_new_server_is_remembered_when_no_known_hosts_are_given() =>
        SshCommand.Compose(Plain, "/state/known_hosts").Should()
            .Contain("'StrictHostKeyChecking=accept-new' '-o' 'UserKnownHostsFile=\"/state/known_hosts\"'").And.Contain("BatchMode=yes");

    [Fact]
    public void Only_the_servers_of_a_known_hosts_file_are_trusted_when_one_is_given()
    {
        var file = _folder.Write("known hosts", "");

        SshCommand.Compose(Plain with { KnownHostsFile = file }, "/state/known_hosts").Should()
            .Contain("'StrictHostKeyChecking=yes'").And.Contain($"'UserKnownHostsFile=\"{file}\"'").And.NotContain("/state");
    }

    [Fact]
    public async Task A_path_is_not_read_as_shell()
    {
        var file = _folder.Write("it's $(touch x) a %h key", "");

        var command = SshCommand.Compose(Plain with { SshKeyFile = file }, "/state/known_hosts");

        var words = (await Shell.RunAsync("sh", "-c", $"printf '%s\\n' {command}")).Split('\n');
        words.Should().Contain($"IdentityFile=\"{file.Replace("%", "%%")}\"").And.Contain("IdentitiesOnly=yes");
    }

    [Fact]
    public void A_missing_key_file_is_a_failure_that_names_it() =>
        FluentActions.Invoking(() => SshCommand.Compose(Plain with { SshKeyFile = "/nowhere/key" }, "/state/known_hosts"))
            .Should().Throw<FetchException>().WithMessage("*/nowhere/key does not exist*");

    [Theory]
    [InlineData("/dev/zero")]
    [InlineData("/tmp")]
    public void What_ssh_could_never_read_to_its_end_is_a_failure_that_names_it(string file)
    {
        foreach (var configuration in (GitSourceConfiguration[])[Plain with { SshKeyFile = file }, Plain with { KnownHostsFile = file }])
            FluentActions.Invoking(() => SshCommand.Compose(configuration, "/state/known_hosts")).Should().Throw<FetchException>().WithMessage($"*can't be used: {file} is a *");
    }

    [Fact]
    public void A_proxy_is_refused_rather_than_left_out() =>
        FluentActions.Invoking(() => SshCommand.Compose(Plain with { Proxy = "http://proxy:3128" }, "/state/known_hosts"))
            .Should().Throw<FetchException>().Which.Reason.Should().Be("Refused");
}
