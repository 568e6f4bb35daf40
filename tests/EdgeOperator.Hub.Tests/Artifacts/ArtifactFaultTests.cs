using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using EdgeOperator.Hub.Tests.Agent;
using EdgeOperator.Hub.Tests.Storage;
using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests.Artifacts;

/// <summary>The hub is killed while artifacts come and go.</summary>
public abstract class ArtifactFaultTests(Func<Task<string>> configuration)
{
    private const int Size = 60 * 1024 * 1024;

    [Fact]
    public async Task An_upload_that_a_kill_cuts_short_leaves_nothing_and_is_made_again()
    {
        await using var hub = await HubUnderTest.StartAsync(await configuration());
        var package = RandomNumberGenerator.GetBytes(5_000_000);
        var hash = Packages.HashOf(package);
        using (var socket = await ConnectAsync(hub))
        {
            await socket.WriteAsync(Encoding.ASCII.GetBytes($"PUT /api/v1/artifacts/{hash} HTTP/1.1\r\nHost: {hub.Host}\r\nAuthorization: {hub.Token()}\r\nContent-Length: {package.Length}\r\n\r\n"));
            await socket.WriteAsync(package.AsMemory(0, 4_000_000));
            hub.Kill();
        }

        await hub.StopAsync();
        await hub.StartProcessAsync();

        (await hub.SendAsync(HttpMethod.Get, hash)).StatusCode.Should().Be(HttpStatusCode.NotFound);
        await hub.PushAsync(package);
        (await (await hub.SendAsync(HttpMethod.Get, hash)).Content.ReadAsByteArrayAsync()).Should().Equal(package);
        if (Directory.Exists(Path.Combine(hub.Data, "artifacts")))
            await Eventually.TrueAsync("what was cut short is gone", () => Directory.GetFiles(Path.Combine(hub.Data, "artifacts")).All(f => Path.GetFileName(f) == hash));
    }

    [Fact]
    public async Task A_download_that_a_kill_cuts_short_goes_on_where_it_ended()
    {
        await using var hub = await HubUnderTest.StartAsync(await configuration());
        await using var agent = await AgentAtHub.StartAsync(hub, "cut-short", "hello");
        var package = Packages.Large(agent.File, "from the artifact", Size);
        var hash = await hub.PushAsync(package);
        var partial = new FileInfo(agent.State($"sources/hub/artifacts/{hash}.part"));

        await agent.DesireAsync(new() { ["ConfigFile/greeting"] = null });
        await hub.NameAsync("cut-short", hash, "r1");
        await Eventually.TrueAsync("some of it has come", () => Length(partial) > 0);
        hub.Kill();
        var come = Length(partial);
        File.ReadAllText(agent.File).Should().Be("hello");
        await hub.StopAsync();
        await hub.StartProcessAsync();

        come.Should().BeInRange(1, package.Length - 1L, "the kill has to come in the middle for this to show anything");
        await Eventually.TrueAsync($"it is applied: {agent.Source.Ready}", () => File.ReadAllText(agent.File) == "from the artifact");
        Length(partial).Should().Be(0);
        File.ReadAllBytes(agent.State($"sources/hub/artifacts/{hash}")).Length.Should().Be(package.Length);
    }

    private static long Length(FileInfo file)
    {
        file.Refresh();
        return file.Exists ? file.Length : 0;
    }

    private static async Task<SslStream> ConnectAsync(HubUnderTest hub)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(hub.Address, 443);
        var tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = hub.Host, CertificateChainPolicy = hub.Trust() });
        return tls;
    }
}

public sealed class ArtifactFaultsOnSqlite() : ArtifactFaultTests(() => Task.FromResult(""));

[Collection(SharedPostgres.Name)]
public sealed class ArtifactFaultsOnPostgres(SharedPostgres shared) : ArtifactFaultTests(async () => shared.Server.Configuration(await shared.Server.CreateDatabaseAsync()));
