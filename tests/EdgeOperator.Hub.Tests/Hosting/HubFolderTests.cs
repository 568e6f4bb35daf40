using System.Security.Cryptography;
using EdgeOperator.Core.Hub;
using EdgeOperator.Hub.Hosting;
using EdgeOperator.Hub.Replicas;
using EdgeOperator.Hub.Storage;
using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests.Hosting;

public sealed class HubFolderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_database_whose_key_is_missing_is_not_given_a_new_one()
    {
        _folder.Write("hub.db", "something");

        (await FluentActions.Invoking(OpenAsync).Should().ThrowAsync<HubException>()).WithMessage("*secrets.key is missing*restore it from the backup*");

        File.Exists(_folder.File("secrets.key")).Should().BeFalse();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_lost_database_is_not_replaced_by_an_empty_one(bool isThere)
    {
        _folder.Write("secrets.key", new string('x', 32));
        _folder.Write("ca.key", "something");
        if (isThere)
            _folder.Write("hub.db", "");

        (await FluentActions.Invoking(OpenAsync).Should().ThrowAsync<HubException>()).WithMessage("*hub.db is missing or empty*restore it from the backup*or remove*secrets.key*");
    }

    [Fact]
    public async Task A_first_start_that_was_interrupted_goes_on()
    {
        _folder.Write("secrets.key", new string('x', 32));

        var (store, secrets) = await OpenAsync();

        await store.DisposeAsync();
        secrets.Dispose();
        File.Exists(_folder.File("hub.db")).Should().BeTrue();
    }

    [Fact]
    public async Task A_key_that_does_not_fit_the_database_ends_the_hub_with_what_to_do()
    {
        var configuration = _folder.Write("hub.yaml", $"dataDirectory: {_folder}/data\n");
        Directory.CreateDirectory(_folder.File("data"));
        (await RunAsync(configuration)).ExitCode.Should().Be(0);
        await File.WriteAllBytesAsync(_folder.File("data/secrets.key"), RandomNumberGenerator.GetBytes(32));

        var (exitCode, errors) = await RunAsync(configuration);

        exitCode.Should().Be(1);
        errors.Should().StartWith("error: ").And.Contain("secrets.key: restore that file and the database from the same backup");
    }

    private Task<(IHubStore Store, SecretBox Secrets)> OpenAsync() =>
        HubFolder.OpenAsync(HubConfigurationReader.Default("hub") with { DataDirectory = _folder }, Replica.New(), isServer: true, default);

    private static async Task<(int ExitCode, string Errors)> RunAsync(string configuration)
    {
        using var errors = new StringWriter();
        using var output = new StringWriter();
        return (await new HubCommand(output, errors).RunAsync(["connection-string", "--config", configuration]), errors.ToString());
    }
}
