using EdgeOperator.Agent.Engine;
using EdgeOperator.Testing;

namespace EdgeOperator.Agent.Tests.Kinds.EdgeModule;

public sealed class EngineEndpointTests : IDisposable
{
    private readonly string? _before = Environment.GetEnvironmentVariable("DOCKER_HOST");
    private readonly TempFolder _folder = new();

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("DOCKER_HOST", _before);
        _folder.Dispose();
    }

    [Fact]
    public void Auto_takes_the_socket_of_the_environment_as_soon_as_it_is_there()
    {
        var (endpoint, expected) = (new EngineEndpoint("auto"), $"unix://{_folder}/docker.sock");
        Environment.SetEnvironmentVariable("DOCKER_HOST", expected);
        endpoint.Description.Should().NotBe(expected);

        _folder.Write("docker.sock", "");

        endpoint.Description.Should().Be(expected);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("tcp://127.0.0.1:2375")]
    [InlineData("unix:///nowhere/at/all.sock")]
    public void Without_one_auto_is_a_usual_socket(string? environment)
    {
        Environment.SetEnvironmentVariable("DOCKER_HOST", environment);

        new EngineEndpoint("auto").Description.Should().BeOneOf("unix:///var/run/docker.sock", "unix:///run/podman/podman.sock");
    }

    [Fact]
    public void A_configured_address_is_taken_as_it_is() => new EngineEndpoint("unix:///x.sock").Description.Should().Be("unix:///x.sock");

    [Fact]
    public async Task Where_nobody_listens_the_message_names_the_endpoint_and_what_to_do()
    {
        var socket = new EngineEndpoint($"unix://{_folder}/nobody.sock", "see the manual");
        await FluentActions.Awaiting(() => socket.ConnectAsync(default).AsTask()).Should().ThrowAsync<IOException>().WithMessage($"no engine listens on unix://{_folder}/nobody.sock (*): see the manual");
    }

    [Fact]
    public async Task A_program_is_described_by_its_command_line_and_opened_for_each_connection()
    {
        var opened = 0;
        var endpoint = EngineEndpoint.OfProgram("ssh somebody", _ => Task.FromResult<Stream>(new MemoryStream([(byte)++opened])), "see the manual");
        endpoint.Description.Should().Be("ssh somebody");
        (await endpoint.ConnectAsync(default)).ReadByte().Should().Be(1);
        (await endpoint.ConnectAsync(default)).ReadByte().Should().Be(2);
    }

    [Fact]
    public async Task A_program_that_cannot_be_started_says_why()
    {
        var endpoint = EngineEndpoint.OfProgram("ssh somebody", _ => Task.FromException<Stream>(new IOException("ssh can't be started")), "see the manual");
        await FluentActions.Awaiting(() => endpoint.ConnectAsync(default).AsTask()).Should().ThrowAsync<IOException>().WithMessage("ssh can't be started");
    }
}
