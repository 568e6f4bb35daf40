using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using EdgeOperator.Agent.Engine;
using EdgeOperator.Agent.Kinds.EdgeModule;
using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;
using EdgeOperator.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeOperator.IntegrationTests.Kinds.EdgeModule;

/// <summary>A module driver with an owner of its own on a shared engine, and hands to use it with.</summary>
public sealed class Agent : IAsyncDisposable
{
    private readonly TempFolder _state;
    private readonly ImagesConfiguration? _images;
    private readonly CancellationTokenSource _end = new();
    private Task _watching = Task.CompletedTask;

    private readonly string _socket;

    public Agent(string socket, string? registryAuthFile = null, IGuests? guests = null, ImagesConfiguration? images = null)
        : this(socket, registryAuthFile, $"test-{Guid.NewGuid():N}"[..13], guests, images)
    {
    }

    private Agent(string socket, string? registryAuthFile, string owner, IGuests? guests = null, ImagesConfiguration? images = null, TempFolder? state = null)
    {
        _state = state ?? new();
        _images = images;
        _socket = socket;
        Owner = owner;
        Engine = new(new(socket));
        Driver = new(
            new() { Socket = socket, Owner = Owner, RegistryAuthFile = registryAuthFile }, _state, TimeProvider.System, NullLoggerFactory.Instance, guests, images);
    }

    public string Owner { get; }

    public EdgeModuleDriver Driver { get; }

    /// <summary>A client beside the driver's own.</summary>
    public DockerEngine Engine { get; }

    /// <summary>What the driver woke the loop for.</summary>
    public ImmutableList<string> Wakes { get; private set; } = [];

    /// <summary>Another one with the same owner, which knows nothing of what this one did.</summary>
    public Agent Restarted() => new(_socket, null, Owner);

    /// <summary>The same one after a restart, with its state directory.</summary>
    /// <param name="images">What is configured now; null for what was before.</param>
    public Agent RestartedWithState(ImagesConfiguration? images = null) => new(_socket, null, Owner, images: images ?? _images, state: _state);

    /// <summary>Another one with the same owner on another engine.</summary>
    public Agent At(string socket) => new(socket, null, Owner);

    /// <summary>A name that nobody else on the engine has.</summary>
    public string Name(string name) => $"{name}-{Owner}";

    /// <summary>Follows the engine's events from here on.</summary>
    public async Task WatchAsync()
    {
        _watching = Driver.WatchAsync(Note, _end.Token);
        await WokenAsync("following");

        void Note(string why)
        {
            lock (_end)
            {
                Wakes = Wakes.Add(why);
            }
        }
    }

    public Task WokenAsync(string words) => Eventually.SucceedsAsync(() => Wakes.Should().Contain(wake => wake.Contains(words)));

    public EdgeModuleResource Module(string name, string image, JsonObject? body = null, NetworkProbe? probe = null)
    {
        body ??= [];
        body["Image"] = image;
        return new()
        {
            Id = new(KindNames.EdgeModule, name),
            Origin = new("test.yaml", 1, 1),
            Container = new() { Name = Name(name), Image = image, CreateBody = body.ToJsonString(), Probe = probe },
        };
    }

    public static DesiredState Desired(params EdgeModuleResource[] modules) =>
        new("rev1", modules.ToImmutableSortedDictionary(module => module.Id, module => (Resource)module));

    public Task<StepOutcome> DoAsync(Step step, params EdgeModuleResource[] modules) => Driver.ExecuteAsync(step, Desired(modules), CancellationToken.None);

    /// <summary>Creates the module's container, and starts it.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> RunAsync(EdgeModuleResource module)
    {
        await CreateAsync(module);
        (await DoAsync(new StartContainer(module.Id, "test", null), module)).Should().BeOfType<StepOutcome.Succeeded>();
        return (await SeeAsync(module)).Id;
    }

    public async Task CreateAsync(EdgeModuleResource module, string? name = null) =>
        (await DoAsync(new CreateContainer(module.Id, "test", name ?? module.Container.Name, module.SpecHash), module))
        .Should().BeOfType<StepOutcome.Succeeded>();

    public async Task<ObservedEngine> ObserveAsync(params EdgeModuleResource[] modules) =>
        (await Driver.ObserveAsync(ObservedState.Nothing, Desired(modules), CancellationToken.None)).Engine;

    /// <summary>The module's only container, as observed now.</summary>
    public async Task<ObservedContainer> SeeAsync(EdgeModuleResource module) =>
        (await ObserveAsync(module)).Containers.Should().ContainSingle(container => container.Resource == module.Id).Subject;

    /// <summary>The plan for these modules, as observed now.</summary>
    public async Task<Plan> PlanAsync(params EdgeModuleResource[] modules) =>
        Planner.Plan(RegisteredKinds.All, Desired(modules), ObservedState.Nothing with { Engine = await ObserveAsync(modules) }, Inventory.Empty, TimeProvider.System.GetUtcNow());

    /// <summary>Executes the steps of a plan one after the other; each has to succeed.</summary>
    public async Task ExecuteAsync(Plan plan, params EdgeModuleResource[] modules)
    {
        // The tests' modules are Ready as soon as they run.
        foreach (var step in plan.Steps.Where(step => step is not (AwaitReady or Milestone)))
        {
            (await DoAsync(step, modules)).Should().BeOfType<StepOutcome.Succeeded>(step.Id);
        }
    }

    /// <summary>Plans and executes until nothing is left to do.</summary>
    public async Task ReconcileAsync(params EdgeModuleResource[] modules)
    {
        for (var round = 0; await PlanAsync(modules) is { Steps.IsEmpty: false } plan; round++)
        {
            round.Should().BeLessThan(5, "the plan is still {0}", string.Join(", ", plan.Steps.Select(step => step.Id)));
            await ExecuteAsync(plan, modules);
        }
    }

    /// <summary>Waits until the module's container has ended by itself.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> ExitedAsync(EdgeModuleResource module)
    {
        await Eventually.SucceedsAsync(async () => (await SeeAsync(module)).Phase.Should().Be(ContainerPhase.Exited));
        return (await SeeAsync(module)).Id;
    }

    public Task<string> LogAsync(EdgeModuleResource module, int? tail = null) => ReadLogAsync(module, new(Follow: false, tail));

    public async Task<string> ReadLogAsync(EdgeModuleResource module, LogOptions options)
    {
        using var output = new MemoryStream();
        await Driver.CopyLogsAsync(module.Id, Desired(module), options, output, CancellationToken.None);
        return Encoding.UTF8.GetString(output.ToArray());
    }

    /// <summary>Asks for a pull, again and again while it is pending, as the loop does.</summary>
    public Task<StepOutcome> PullAsync(string image, bool optional = false, DesiredState? desired = null)
    {
        var step = new PullImage(new(KindNames.EdgeModule, "puller"), "test", image, optional);
        return Eventually.GetAsync(async () =>
        {
            var outcome = await Driver.ExecuteAsync(step, desired ?? DesiredState.Empty, CancellationToken.None);
            return outcome is StepOutcome.Pending ? throw new InvalidOperationException($"{outcome}") : outcome;
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _watching;
        await Driver.DisposeAsync();
        await CleanAsync();
        Engine.Dispose();
        _end.Dispose();
        _state.Dispose();
    }

    private async Task CleanAsync()
    {
        try
        {
            foreach (var container in await Engine.ListContainersAsync([$"{Ownership.ManagedBy}={Owner}"], CancellationToken.None))
            {
                await Engine.RemoveContainerAsync(container.Id, force: true, CancellationToken.None);
            }
        }
        catch (EngineException e) when (e.IsUnavailable)
        {
            // A test took the engine away.
        }
    }
}
