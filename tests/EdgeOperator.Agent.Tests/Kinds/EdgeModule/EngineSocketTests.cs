using EdgeOperator.Agent.Engine;
using EdgeOperator.Testing;

namespace EdgeOperator.Agent.Tests.Kinds.EdgeModule;

public sealed class EngineSocketTests : IDisposable
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
        var (socket, expected) = (new EngineSocket("auto"), $"unix://{_folder}/docker.sock");
        Environment.SetEnvironmentVariable("DOCKER_HOST", expected);
        socket.Address.Should().NotBe(expected);

        _folder.Write("docker.sock", "");

        socket.Address.Should().Be(expected);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("tcp://127.0.0.1:2375")]
    [InlineData("unix:///nowhere/at/all.sock")]
    public void Without_one_auto_is_a_usual_socket(string? environment)
    {
        Environment.SetEnvironmentVariable("DOCKER_HOST", environment);

        new EngineSocket("auto").Address.Should().BeOneOf("unix:///var/run/docker.sock", "unix:///run/podman/podman.sock");
    }

    [Fact]
    public void A_configured_address_is_taken_as_it_is() => new EngineSocket("unix:///x.sock").Address.Should().Be("unix:///x.sock");
}
