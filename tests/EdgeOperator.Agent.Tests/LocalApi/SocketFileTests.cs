using System.Net.Sockets;
using EdgeOperator.Agent.LocalApi;
using EdgeOperator.Platform.Sockets;

namespace EdgeOperator.Agent.Tests.LocalApi;

public sealed class SocketFileTests
{
    [Fact]
    public async Task The_folder_is_made_and_the_socket_is_for_owner_and_group()
    {
        await using var served = await ServedAgent.StartAsync();

        Convert.ToString((int)File.GetUnixFileMode(Path.GetDirectoryName(served.Socket)!), 8).Should().Be("755");
        Convert.ToString((int)File.GetUnixFileMode(served.Socket), 8).Should().Be("660");
    }

    [Fact]
    public async Task The_socket_is_removed_at_the_end()
    {
        var served = await ServedAgent.StartAsync();
        File.Exists(served.Socket).Should().BeTrue();

        await served.DisposeAsync();

        File.Exists(served.Socket).Should().BeFalse();
    }

    [Fact]
    public async Task A_socket_that_a_dead_agent_left_is_replaced()
    {
        var folder = Directory.CreateTempSubdirectory("edgeop-api-").FullName;
        LeaveSocket(Directory.CreateDirectory(Path.Combine(folder, "run")).FullName);

        await using var served = await ServedAgent.StartAsync(folder: folder);

        using var client = new AgentApiClient(served.Socket);
        (await client.GetStatusAsync(CancellationToken.None)).Device.Should().Be("pump-7");
    }

    [Fact]
    public async Task A_living_agents_socket_is_left_alone()
    {
        await using var first = await ServedAgent.StartAsync();

        var second = () => ServedAgent.StartAsync(folder: first.Folder);

        await second.Should().ThrowAsync<SocketInUseException>().WithMessage($"another agent answers on {first.Socket}: *");
        using var client = new AgentApiClient(first.Socket);
        (await client.GetStatusAsync(CancellationToken.None)).Device.Should().Be("pump-7");
    }

    [Fact]
    public async Task Somebodys_file_is_not_mistaken_for_a_socket()
    {
        var folder = Directory.CreateTempSubdirectory("edgeop-api-").FullName;
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "run")).FullName, "edgeop.sock");
        await File.WriteAllTextAsync(path, "precious");

        var start = () => ServedAgent.StartAsync(folder: folder);

        await start.Should().ThrowAsync<SocketInUseException>().WithMessage("*remove it, or set api.socket*");
        (await File.ReadAllTextAsync(path)).Should().Be("precious");
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>A bound socket's file stays when the process is killed; here its descriptor is closed behind .NET's back.</summary>
    private static void LeaveSocket(string folder)
    {
        var path = Path.Combine(folder, "edgeop.sock");
        var bound = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        bound.Bind(new UnixDomainSocketEndPoint(path + ".moved"));
        File.Move(path + ".moved", path);
        bound.Dispose();
        File.Exists(path).Should().BeTrue();
    }
}
