using System.Collections.Immutable;
using System.Text;
using EdgeOperator.Agent.LocalApi;
using EdgeOperator.Agent.Loop;
using EdgeOperator.Agent.Storage;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeOperator.Agent.Tests.Loop;

/// <summary>A plan that is shown is the plan that the agent follows: beside a running agent both agree.</summary>
public sealed class PreviewTests : IAsyncLifetime
{
    private static readonly Operator Somebody = new("root");

    private readonly RunningAgent _agent = new();

    [Fact]
    public async Task What_the_agent_is_in_sync_with_is_not_announced()
    {
        _agent.WriteFile("kept", "one");
        _agent.WriteFile("motd", "two");
        await _agent.CommittedAsync("kept", "motd");

        (await _agent.PlanAsync()).Should().Be("No changes.\n");
    }

    [Fact]
    public async Task A_file_that_is_kept_from_pruning_is_not_announced_to_be_restored()
    {
        _agent.WriteFile("kept", "one");
        _agent.WriteFile("motd", "two", "{edgeoperator.io/prune: disabled}");
        await _agent.CommittedAsync("kept", "motd");

        _agent.Remove("motd");
        await _agent.CommittedAsync("kept");

        (await _agent.PlanAsync()).Should().Be("No changes.\n");
        File.ReadAllText($"{_agent.Root}/motd").Should().Be("two");
    }

    [Fact]
    public async Task A_twin_is_planned_as_the_agent_has_read_it_without_a_connection_of_its_own()
    {
        using var folder = new TempFolder();
        var configuration = new AgentConfiguration
        {
            Device = new("press-7", ImmutableSortedDictionary<string, string>.Empty, ImmutableSortedDictionary<string, string>.Empty),
            Sources = [new TwinSourceConfiguration { Name = "twin", Hub = "nowhere.invalid", DeviceId = "press-7", KeyFile = folder.File("none") }],
            Engine = new() { Socket = "unix:///nowhere.sock" },
            StateDirectory = folder.File("state"),
            Files = new() { AllowedRoots = [folder.Path] },
        };
        var manifest = $"apiVersion: edgeoperator.io/v1alpha1\nkind: ConfigFile\nmetadata: {{name: motd}}\nspec: {{path: {folder.Path}/motd, content: one}}\n";
        new RevisionStore(configuration.StateDirectory, NullLogger<RevisionStore>.Instance)
            .Save(new("twin", "abc", "twin@abc", [new("a.yaml", Encoding.UTF8.GetBytes(manifest))]), origin: "", DateTimeOffset.UnixEpoch);

        var preview = await Preview.RunAsync(configuration, NullLoggerFactory.Instance, TimeProvider.System, CancellationToken.None);

        PlanText.Render(preview.Plan!).Should().Contain($"{folder.Path}/motd");
    }

    [Fact]
    public async Task A_suspended_device_is_not_announced_to_change()
    {
        _agent.WriteFile("motd", "one");
        await _agent.CommittedAsync("motd");
        await _agent.Control.SuspendAsync(null, Somebody, CancellationToken.None);
        _agent.WriteFile("motd", "two");

        (await _agent.PlanAsync()).Should().Be("! Device/press-7 is blocked (Suspended): the device is suspended; `edgeop resume` ends that\n");

        await _agent.Control.ResumeAsync(null, Somebody, CancellationToken.None);
        await Eventually.SucceedsAsync(() => File.ReadAllText($"{_agent.Root}/motd").Should().Be("two"));
    }

    [Fact]
    public async Task A_suspended_resource_is_held()
    {
        _agent.WriteFile("motd", "one");
        await _agent.CommittedAsync("motd");
        await _agent.Control.SuspendAsync(new("ConfigFile", "motd"), Somebody, CancellationToken.None);
        File.Delete($"{_agent.Root}/motd");

        (await _agent.PlanAsync()).Should().Be("! ConfigFile/motd is blocked (Suspended): it is suspended\n");
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _agent.DisposeAsync().AsTask();
}
