using System.Collections.Immutable;
using System.Text;
using EdgeOperator.Agent;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;
using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;
using Microsoft.Extensions.Logging.Abstractions;
using Condition = EdgeOperator.Core.State.Condition;

namespace EdgeOperator.IntegrationTests.Loop;

/// <summary>The whole agent in this process with one module on a real engine, which other tests use at the same time.</summary>
internal sealed class AgentOnEngine : IAsyncDisposable
{
    private readonly PrivateEngine _engine;
    private readonly TempFolder _folder = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly EdgeAgent _agent;
    private readonly string _owner = $"loop-{Guid.NewGuid():N}"[..13];
    private Task _running = Task.CompletedTask;

    /// <param name="socket">Null for the engine's own.</param>
    public AgentOnEngine(PrivateEngine engine, TimeSpan deadline, string? socket = null)
    {
        _engine = engine;
        _folder.File("manifests/none");
        _agent = new(
            new AgentConfiguration
            {
                Device = new("press-7", ImmutableSortedDictionary<string, string>.Empty, ImmutableSortedDictionary<string, string>.Empty),
                Sources = [new DirectorySourceConfiguration { Name = "folder", Path = _folder.File("manifests"), Interval = TimeSpan.FromSeconds(1) }],
                Engine = new() { Socket = socket ?? engine.Socket, Owner = _owner },
                StateDirectory = _folder.File("state"),
                Files = new() { AllowedRoots = [_folder.File("etc")] },
                Reconcile = new() { Deadline = deadline, StableFor = TimeSpan.FromMilliseconds(500) },
            },
            NullLoggerFactory.Instance,
            TimeProvider.System);
    }

    public DeviceStatus Status => _agent.Control.Status;

    public string Module => $"web-{_owner}";

    public HistoryRecord LastRun => _agent.Control.History(10)[0];

    public ImmutableArray<EventRecord> Events => _agent.Control.Events(0, 1000, null);

    public async Task<string> LogAsync(LogOptions options)
    {
        using var output = new MemoryStream();
        await _agent.Control.CopyLogsAsync(new(KindNames.EdgeModule, Module), options, output, CancellationToken.None);
        return Encoding.UTF8.GetString(output.ToArray());
    }

    /// <summary>The ids of all containers that the agent has.</summary>
    public async Task<string[]> ContainersAsync() =>
        (await Shell.RunAsync("docker", "--host", _engine.Socket, "ps", "-aq", "--filter", $"label=edgeoperator.io/managed-by={_owner}")).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public void Write(string image, string spec = "") => _folder.Write("manifests/web.yaml", Manifests.Module(Module, image, spec));

    public void Start() => _running = _agent.RunAsync(_stop.Token);

    /// <summary>Returns when the newest revision is the last good one.</summary>
    public Task ReachesAsync(Func<string?, bool> lastGood) => Eventually.SucceedsAsync(
        () =>
        {
            lastGood(Status.LastGood?.Id).Should().BeTrue();
            Status.Conditions.Is(Condition.Ready).Should().BeTrue();
        },
        TimeSpan.FromMinutes(2));

    /// <summary>A property of the module's container, as <c>docker inspect</c> formats it.</summary>
    public async Task<string> InspectAsync(string format) =>
        (await Shell.RunAsync("docker", "--host", _engine.Socket, "inspect", "--format", format, Module)).Trim();

    public Task RemoveContainerAsync() => Shell.RunAsync("docker", "--host", _engine.Socket, "rm", "-f", Module);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _agent.DisposeAsync();
        var containers = await Shell.RunAsync("docker", "--host", _engine.Socket, "ps", "-aq", "--filter", $"label=edgeoperator.io/managed-by={_owner}");
        if (containers.Split('\n', StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } left)
            await Shell.RunAsync("docker", ["--host", _engine.Socket, "rm", "-f", .. left]);
        _folder.Dispose();
        _stop.Dispose();
    }
}
