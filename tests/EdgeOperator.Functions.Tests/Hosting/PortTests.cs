using System.Net;
using System.Net.Sockets;
using EdgeOperator.Testing;

namespace EdgeOperator.Functions.Tests.Hosting;

public sealed class PortTests
{
    [Fact]
    public async Task A_port_in_use_is_told_with_its_number_and_taken_once_it_is_free()
    {
        await using var host = new RunningHost();
        host.Define("g", CannedApp.Saying("g"));
        using (var other = new TcpListener(IPAddress.Loopback, host.Port))
        {
            other.Start();
            host.Host.Set(host.Request("g"));
            await Eventually.SucceedsAsync(() =>
                host.Host.Report().Failure.Should().Be($"the address is in use by something else (127.0.0.1:{host.Port}): stop that, or choose another port"));
        }

        await host.ServingAsync("g");
        host.Host.Report().Failure.Should().BeNull();
    }

    [Fact]
    public async Task A_changed_port_is_served_and_the_old_one_is_closed()
    {
        await using var host = new RunningHost();
        await host.ServeAsync("a", CannedApp.Saying("a"));
        var port = FreePort.Next();
        host.Define("b", CannedApp.Saying("b"));

        host.Host.Set(host.Request("b") with { Port = port });
        await host.ServingAsync("b");

        using var client = RunningHost.ClientOf(port);
        (await client.GetStringAsync("api/echo")).Should().Be("b");
        await Eventually.SucceedsAsync(async () => await host.Invoking(h => h.GetAsync("api/echo")).Should().ThrowAsync<HttpRequestException>());
    }

    [Fact]
    public async Task A_port_in_use_leaves_the_old_version_on_its_own_port()
    {
        await using var host = new RunningHost();
        await host.ServeAsync("a", CannedApp.Saying("a"));
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        host.Define("b", CannedApp.Saying("b"));

        host.Host.Set(host.Request("b") with { Port = ((IPEndPoint)other.LocalEndpoint).Port });

        await Eventually.SucceedsAsync(() => host.Host.Report().Failure.Should().Contain("in use"));
        (await host.GetAsync("api/echo")).Body.Should().Be("a");
    }

    [Fact]
    public async Task An_address_that_is_none_is_told()
    {
        await using var host = new RunningHost();
        host.Define("g", CannedApp.Saying("g"));

        host.Host.Set(host.Request("g") with { Address = "localhost" });

        await Eventually.SucceedsAsync(() => host.Host.Report().Failure.Should().StartWith("\"localhost\" is no IP address (address)"));
    }

    [Fact]
    public async Task Port_0_is_any_free_port_and_stays_the_same_for_the_next_version()
    {
        await using var host = new RunningHost();
        host.Define("a", CannedApp.Saying("a"));
        host.Define("b", CannedApp.Saying("b"));
        host.Host.Set(host.Request("a") with { Port = 0 });
        await host.ServingAsync("a");
        var url = host.Host.Report().Url;

        host.Host.Set(host.Request("b") with { Port = 0 });
        await host.ServingAsync("b");

        host.Host.Report().Url.Should().Be(url).And.NotEndWith(":0");
        using var client = new HttpClient();
        (await client.GetStringAsync($"{url}/api/echo")).Should().Be("b");
    }
}
