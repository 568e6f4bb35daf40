using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using EdgeOperator.Agent.LocalApi;
using EdgeOperator.Agent.Telemetry;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeOperator.Agent.Tests;

/// <summary>A whole agent with a folder as its source and no engine.</summary>
public sealed class AgentHostTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("edgeop-host-").FullName;
    private readonly CancellationTokenSource _stop = new();
    private readonly Socket _systemd;
    private AgentConfiguration? _next;

    public AgentHostTests()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "source"));
        File.WriteAllText(Path.Combine(_folder, "source", "motd.yaml"), $$"""
            apiVersion: edgeoperator.io/v1alpha1
            kind: ConfigFile
            metadata: {name: motd}
            spec: {path: {{_folder}}/out/motd, content: hello}
            """);
        _systemd = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = (int)Deadline.TotalMilliseconds };
        _systemd.Bind(new UnixDomainSocketEndPoint(Path.Combine(_folder, "notify")));
    }

    public void Dispose()
    {
        _systemd.Dispose();
        _stop.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task It_reconciles_until_stopped_and_tells_systemd()
    {
        var running = Host().RunAsync(Configuration("pump-7"), _stop.Token);

        Receive().Should().StartWith("READY=1\n");
        using var client = new AgentApiClient(Path.Combine(_folder, "edgeop.sock"));
        await UntilAsync(client, s => s.LastGood is not null);
        (await File.ReadAllTextAsync(Path.Combine(_folder, "out", "motd"))).Should().Be("hello");
        await _stop.CancelAsync();
        await running;
        Receive().Should().Be("STOPPING=1");
        File.Exists(Path.Combine(_folder, "edgeop.sock")).Should().BeFalse();
    }

    [Fact]
    public async Task Each_pass_is_traced_with_its_steps()
    {
        var passes = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Tracing.SourceName,
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = passes.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        var running = Host().RunAsync(Configuration("pump-7"), _stop.Token);
        using var client = new AgentApiClient(Path.Combine(_folder, "edgeop.sock"));
        Receive().Should().StartWith("READY=1\n");
        await UntilAsync(client, s => s.LastGood is not null);
        await _stop.CancelAsync();
        await running;

        var writing = passes.Single(p => p.Events.Any(e => e.Name == $"write {_folder}/out/motd"));
        writing.DisplayName.Should().Be("reconcile pass");
        writing.GetTagItem("edgeoperator.outcome").Should().Be("changed");
    }

    [Fact]
    public async Task A_reload_replaces_the_configuration()
    {
        var host = Host();
        var running = host.RunAsync(Configuration("before"), _stop.Token);
        Receive().Should().StartWith("READY=1\n");

        _next = Configuration("after");
        host.Reload();

        Receive().Should().StartWith("RELOADING=1\n");
        Receive().Should().StartWith("READY=1\nSTATUS=keeping after equal");
        using var client = new AgentApiClient(Path.Combine(_folder, "edgeop.sock"));
        (await client.GetStatusAsync(CancellationToken.None)).Device.Should().Be("after");
        await _stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task An_invalid_configuration_is_not_taken()
    {
        var host = Host();
        var running = host.RunAsync(Configuration("before"), _stop.Token);
        Receive().Should().StartWith("READY=1\n");

        host.Reload();

        Receive().Should().StartWith("RELOADING=1\n");
        Receive().Should().StartWith("READY=1\nSTATUS=the new configuration is invalid");
        using (var client = new AgentApiClient(Path.Combine(_folder, "edgeop.sock")))
        {
            await Eventually.SucceedsAsync(async () => (await client.GetStatusAsync(CancellationToken.None)).Conditions.Should().Contain(condition =>
                condition.Type == "Degraded" && condition.Reason == "ConfigurationInvalid" && condition.Message.Contains("agent.yaml:3:1: no such field")));
            (await client.GetEventsAsync(0, 100, null, CancellationToken.None)).Should().Contain(e => e.Reason == "ConfigurationInvalid");
        }

        await _stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task A_configuration_that_does_not_work_is_left_again()
    {
        var host = Host();
        var running = host.RunAsync(Configuration("before"), _stop.Token);
        Receive().Should().StartWith("READY=1\n");

        _next = Configuration("after") with { StateDirectory = "/proc/nowhere" };
        host.Reload();

        Receive().Should().StartWith("RELOADING=1\n");
        Receive().Should().StartWith("READY=1\nSTATUS=keeping before equal");
        await _stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task A_first_configuration_that_does_not_work_is_an_error()
    {
        var run = () => Host().RunAsync(Configuration("x") with { StateDirectory = "/proc/nowhere" }, _stop.Token);

        await run.Should().ThrowAsync<IOException>();
    }

    private AgentHost Host()
    {
        var systemd = new SystemdNotify(
            name => name == "NOTIFY_SOCKET" ? Path.Combine(_folder, "notify") : null, TimeProvider.System, NullLoggerFactory.Instance);
        return new(report => { report("agent.yaml:3:1: no such field"); return _next; }, systemd, NullLoggerFactory.Instance, TimeProvider.System);
    }

    private AgentConfiguration Configuration(string device) => new()
    {
        Device = new(device, ImmutableSortedDictionary<string, string>.Empty, ImmutableSortedDictionary<string, string>.Empty),
        Sources = [new DirectorySourceConfiguration { Name = "local", Path = Path.Combine(_folder, "source") }],
        Engine = new() { Socket = $"unix://{_folder}/no-engine.sock" },
        StateDirectory = Path.Combine(_folder, "state"),
        Api = new() { Socket = Path.Combine(_folder, "edgeop.sock"), Metrics = "off" },
        Reconcile = new() { StableFor = TimeSpan.FromMilliseconds(1) },
        Files = new() { AllowedRoots = [_folder] },
    };

    private string Receive()
    {
        var buffer = new byte[1024];
        return Encoding.UTF8.GetString(buffer, 0, _systemd.Receive(buffer));
    }

    private static async Task UntilAsync(AgentApiClient client, Func<DeviceStatus, bool> condition)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (!condition(await client.GetStatusAsync(deadline.Token)))
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, deadline.Token);
    }
}
