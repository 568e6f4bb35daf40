using System.Collections.Immutable;
using System.Text;
using EdgeOperator.Agent.Kinds.SystemUpdate;
using EdgeOperator.Agent.Kinds.SystemUpdate.Packages;
using EdgeOperator.Agent.Kinds.SystemUpdate.Reboots;
using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;
using EdgeOperator.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeOperator.IntegrationTests.Kinds.SystemUpdate;

/// <summary>A SystemUpdate named <c>base</c> on a system of the test's own, with a repository of the test's own.</summary>
public abstract class PackageTest : IAsyncLifetime
{
    private readonly TempFolder _state = new();
    private SystemUpdateDriver _driver = null!;

    protected PackageRepository Repository { get; private set; } = null!;

    protected PackageSystem System { get; private set; } = null!;

    protected static ResourceId Base { get; } = new(KindNames.SystemUpdate, "base");

    /// <summary>What the last pass had to say of it.</summary>
    protected ReadinessReport Report { get; private set; } = null!;

    protected ImmutableArray<StepOutcome> Outcomes { get; private set; } = [];

    public async Task InitializeAsync()
    {
        Repository = await PackageRepository.CreateAsync(Label);
        foreach (var package in (TestPackage[])[new("lib", "1.0"), new("app", "1.0", "lib (>= 1.0)"), new("other", "1.0")])
            await Repository.AddAsync(package);
        await Repository.PublishAsync();
        System = await PackageSystem.CreateAsync(Repository, DiskKibibytes);
        await System.InstallAsync("app=1.0", "lib=1.0", "other=1.0");
        _driver = NewDriver();
    }

    public async Task DisposeAsync()
    {
        await _driver.DisposeAsync();
        await System.DisposeAsync();
        await Repository.DisposeAsync();
        _state.Dispose();
    }

    protected virtual string Label => "Test";

    /// <summary>The size of a small disk that all of the device is on, what the agent writes too; null for the machine's.</summary>
    protected virtual int? DiskKibibytes => null;

    /// <summary>Makes versions 2.0 of <c>app</c> and <c>lib</c> available.</summary>
    protected async Task PublishSecondVersionAsync(TestPackage? app = null)
    {
        await Repository.AddAsync(new("lib", "2.0"));
        await Repository.AddAsync(app ?? new("app", "2.0", "lib (>= 2.0)"));
        await Repository.PublishAsync();
    }

    /// <summary>What apt and dpkg have printed.</summary>
    protected string Log => Path.Combine(Folder, "apt.log");

    // It does not exist at first.
    private string Folder => DiskKibibytes is null ? Path.Combine(_state, "updates") : System.At("/var/lib/edgeoperator/updates");

    protected void AskForIt() => _driver.Override(Base, "root");

    /// <summary>What a pass would do now, without doing it.</summary>
    protected async Task<Plan> PlanAsync(string spec)
    {
        var desired = Desired(spec);
        return Plan(desired, await ObserveAsync(desired));
    }

    /// <summary>Passes as the agent makes them, until nothing is left to do; steps that fail are not tried again.</summary>
    protected async Task PassAsync(string spec)
    {
        var desired = Desired(spec);
        var outcomes = new List<StepOutcome>();
        for (var failed = false; !failed;)
        {
            var observed = await ObserveAsync(desired);
            await _driver.FollowAsync(new(desired, observed));
            var plan = Plan(desired, observed);
            Report = Readiness.Assess(RegisteredKinds.All, desired, observed, plan.Blocked, TimeProvider.System.GetUtcNow()).FirstOrDefault() ?? Report;
            var steps = plan.Steps.Where(_driver.Handles).ToList();
            if (steps.Count == 0)
                break;
            foreach (var step in steps)
            {
                var outcome = await EndAsync(step, desired, observed);
                outcomes.Add(outcome);
                failed = outcome is not StepOutcome.Succeeded;
                if (failed)
                    break;

                // A later step of the same plan sees what the earlier ones have made of the system.
                observed = await ObserveAsync(desired);
            }
        }

        var last = await ObserveAsync(desired);
        Report = Readiness.Assess(RegisteredKinds.All, desired, last, Plan(desired, last).Blocked, TimeProvider.System.GetUtcNow()).FirstOrDefault() ?? Report;
        Outcomes = [.. outcomes];
    }

    protected static string Message(StepOutcome outcome) => outcome switch
    {
        StepOutcome.Succeeded done => done.Note ?? "",
        StepOutcome.Retry failed => failed.Message,
        StepOutcome.Terminal failed => failed.Message,
        _ => outcome.ToString(),
    };

    private SystemUpdateDriver NewDriver() =>
        new(Folder, new(System.Root), new WorkerHere(Folder, System.Root), BootName.Of(System.Root), isReadOnly: false, TimeProvider.System, NullLogger<SystemUpdateDriver>.Instance);

    private async Task<StepOutcome> EndAsync(Step step, DesiredState desired, ObservedState observed)
    {
        StepOutcome outcome = new StepOutcome.Pending("");
        await Eventually.TrueAsync($"{step.Id} ends", async () =>
        {
            outcome = await _driver.ExecuteAsync(step, new(desired, observed), CancellationToken.None);
            return outcome is not StepOutcome.Pending;
        }, TimeSpan.FromMinutes(2));
        return outcome;
    }

    private Task<ObservedState> ObserveAsync(DesiredState desired) => _driver.ObserveAsync(ObservedState.Nothing, desired, CancellationToken.None);

    private static Plan Plan(DesiredState desired, ObservedState observed) => Planner.Plan(RegisteredKinds.All, desired, observed, Inventory.Empty, TimeProvider.System.GetUtcNow());

    private static DesiredState Desired(string spec)
    {
        if (spec.Length == 0)
            return DesiredState.Empty;
        var yaml = $"apiVersion: edgeoperator.io/v1alpha1\nkind: SystemUpdate\nmetadata: {{name: base}}\nspec:\n{string.Join('\n', spec.Split('\n').Select(line => "  " + line))}\n";
        var read = ManifestReader.Read(RegisteredKinds.All.Manifests, "r1", [new("main", [new("a.yaml", Encoding.UTF8.GetBytes(yaml))])],
            new(new("till-1", ImmutableSortedDictionary<string, string>.Empty, ImmutableSortedDictionary<string, string>.Empty)));
        return read.State ?? throw new InvalidOperationException(string.Join('\n', read.Problems));
    }

    /// <summary>The worker as a task of this process: what it runs is the same.</summary>
    private sealed class WorkerHere(string folder, string root) : IUpdateWorker
    {
        private Task _work = Task.CompletedTask;

        public bool IsWorking => !_work.IsCompleted;

        public Task StartAsync(PackageTask task, CancellationToken cancellation)
        {
            if (!IsWorking)
                _work = Task.Run(() => PackageWork.RunAsync(folder, root, task, TimeProvider.System, CancellationToken.None), CancellationToken.None);
            return Task.CompletedTask;
        }
    }
}
