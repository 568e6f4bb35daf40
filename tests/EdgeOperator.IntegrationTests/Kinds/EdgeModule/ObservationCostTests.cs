using System.Collections.Concurrent;
using System.Reflection;
using EdgeOperator.Agent.Engine;
using EdgeOperator.Agent.Kinds.EdgeModule;
using EdgeOperator.Agent.Kinds.EdgeModule.Probes;
using EdgeOperator.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeOperator.IntegrationTests.Kinds.EdgeModule;

[Collection(SharedEngine.Name)]
public class ObservationCostTests(EngineFixture fixture)
{
    private const int Containers = 12;

    [Fact]
    public async Task A_quiet_engine_is_read_with_four_requests_however_many_containers_there_are()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var modules = Enumerable.Range(0, Containers).Select(i => agent.Module($"sleeper{i}", fixture.Sleeper)).ToArray();
        await Task.WhenAll(modules.Select(module => agent.CreateAsync(module)));
        using var folder = new TempFolder();
        var (engine, calls) = CountingEngine.Around(agent.Engine);
        var ownership = new Ownership(agent.Owner);
        var cache = new InspectCache(engine);
        var exits = new ContainerExits();
        await using var probes = new ProbeRunner(TimeProvider.System, _ => { });
        var observer = new EdgeModuleObserver(engine, ownership, new(engine, ownership, new(folder)), cache, probes, new(folder), new(new(), new(folder), TimeProvider.System), exits, new(), TimeProvider.System);
        using var end = new CancellationTokenSource();
        var following = new TaskCompletionSource();
        var watching = new EdgeModuleWatcher(engine, ownership, cache, exits, TimeProvider.System, NullLogger<EdgeModuleWatcher>.Instance)
            .RunAsync(_ => following.TrySetResult(), end.Token);
        await following.Task;

        (await observer.ObserveAsync(Agent.Desired(modules), CancellationToken.None)).Containers.Count(c => c.IsOwned).Should().Be(Containers);
        calls.Count(call => call == nameof(engine.InspectContainerAsync)).Should().Be(Containers);

        calls.Clear();
        var second = await observer.ObserveAsync(Agent.Desired(modules), CancellationToken.None);
        calls.Should().BeEquivalentTo(
            nameof(engine.ListContainersAsync), nameof(engine.ListImagesAsync), nameof(engine.ListNetworksAsync), nameof(engine.ListVolumesAsync));

        calls.Clear();
        await agent.Engine.StartContainerAsync(second.Containers.First(c => c.IsOwned).Id, CancellationToken.None);
        await observer.ObserveAsync(Agent.Desired(modules), CancellationToken.None);
        calls.Where(call => call == nameof(engine.InspectContainerAsync)).Should().ContainSingle("only the changed container is looked at");

        await end.CancelAsync();
        await watching;
    }

    [Fact]
    public async Task Without_the_event_stream_nothing_is_remembered()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var module = agent.Module("sleeper", fixture.Sleeper);
        await agent.RunAsync(module);
        var before = await agent.SeeAsync(module);

        await agent.Engine.RestartContainerAsync(before.Id, TimeSpan.Zero, CancellationToken.None);

        (await agent.SeeAsync(module)).StartedAt.Should().BeAfter(before.StartedAt!.Value);
    }
}

/// <summary>Passes every call on to a real engine and notes its name.</summary>
public class CountingEngine : DispatchProxy
{
    private IContainerEngine _engine = null!;
    private ConcurrentBag<string> _calls = null!;

    public static (IContainerEngine Engine, ConcurrentBag<string> Calls) Around(IContainerEngine engine)
    {
        var proxy = Create<IContainerEngine, CountingEngine>();
        var counting = (CountingEngine)(object)proxy;
        (counting._engine, counting._calls) = (engine, []);
        return (proxy, counting._calls);
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        _calls.Add(targetMethod!.Name);
        return targetMethod.Invoke(_engine, args);
    }
}
