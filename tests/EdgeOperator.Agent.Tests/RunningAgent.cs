using System.Collections.Immutable;
using EdgeOperator.Agent.Kinds;
using EdgeOperator.Agent.LocalApi;
using EdgeOperator.Agent.Loop;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;
using EdgeOperator.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Condition = EdgeOperator.Core.State.Condition;

namespace EdgeOperator.Agent.Tests;

/// <summary>A whole agent on a folder of manifests, without a container engine; its files may be written below <see cref="Root"/>.</summary>
internal sealed class RunningAgent : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly DeviceKinds _kinds;
    private readonly AgentConfiguration _configuration;
    private readonly EdgeAgent _agent;
    private readonly Task _running;

    public RunningAgent(DeviceKinds? kinds = null)
    {
        _kinds = kinds ?? DeviceKinds.Registered;
        Directory.CreateDirectory(_folder.File("manifests"));
        Directory.CreateDirectory(Root);
        _configuration = new()
        {
            Device = new("press-7", ImmutableSortedDictionary<string, string>.Empty, ImmutableSortedDictionary<string, string>.Empty),
            Sources = [new DirectorySourceConfiguration { Name = "folder", Path = _folder.File("manifests"), Interval = TimeSpan.FromSeconds(1) }],
            Engine = new() { Socket = "unix:///nowhere.sock" },
            StateDirectory = _folder.File("state"),
            Files = new() { AllowedRoots = [Root] },
            Reconcile = new() { Deadline = TimeSpan.FromSeconds(20), StableFor = TimeSpan.FromMilliseconds(200), AllowEmpty = true },
        };
        _agent = new(_configuration, NullLoggerFactory.Instance, TimeProvider.System, _kinds);
        _running = _agent.RunAsync(_stop.Token);
    }

    public string Root => _folder.File("root");

    public string StateDirectory => _configuration.StateDirectory;

    public IAgentControl Control => _agent.Control;

    public void Write(string kind, string name, string spec, string annotations = "{}") => _folder.Write(
        $"manifests/{name}.yaml",
        $"apiVersion: edgeoperator.io/v1alpha1\nkind: {kind}\nmetadata: {{name: {name}, annotations: {annotations}}}\nspec: {spec}\n");

    public void WriteFile(string name, string content, string annotations = "{}") =>
        Write("ConfigFile", name, $"{{path: {Root}/{name}, content: {content}}}", annotations);

    public void Remove(string name) => File.Delete(_folder.File($"manifests/{name}.yaml"));

    /// <summary>What <c>edgeop plan</c> shows beside the agent.</summary>
    public async Task<string> PlanAsync()
    {
        var preview = await Preview.RunAsync(_kinds, _configuration, NullLoggerFactory.Instance, TimeProvider.System, CancellationToken.None);
        return PlanText.Render(preview.Plan!);
    }

    /// <summary>Returns once the revision with these resources, and no others, is good.</summary>
    public Task CommittedAsync(params string[] names) => Eventually.SucceedsAsync(() =>
    {
        Control.Status.Resources.Select(r => r.Name).Should().Equal(names);
        Control.Status.Resources.Should().NotContain(r => !r.Conditions.Is(Condition.Ready), Diagnostics());
        Control.History(1).Should().ContainSingle().Which.Outcome.Should().Be(RevisionOutcome.Succeeded);
    });

    /// <summary>For the message of a test that fails: what the agent says of its resources, and its last events.</summary>
    private string Diagnostics() =>
        $"{string.Join('\n', Control.Status.Resources.SelectMany(r => r.Conditions))}\n{string.Join('\n', Control.Events(0, 50, null))}";

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _agent.DisposeAsync();
        _folder.Dispose();
        _stop.Dispose();
    }
}
