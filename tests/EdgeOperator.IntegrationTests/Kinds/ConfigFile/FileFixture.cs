using System.Collections.Immutable;
using System.Text;
using EdgeOperator.Agent.Kinds.ConfigFile;
using EdgeOperator.Agent.Secrets;
using EdgeOperator.Core.Kinds.ConfigFile;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;
using EdgeOperator.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeOperator.IntegrationTests.Kinds.ConfigFile;

/// <summary>A driver on real files: <c>allowed/</c> is its only allowed root, <c>state/</c> its state directory.</summary>
public abstract class FileFixture : IDisposable
{
    protected FileFixture()
    {
        Directory.CreateDirectory(Root);
        Directory.CreateDirectory(State);
        Driver = NewDriver();
    }

    internal TempFolder Folder { get; } = new();

    protected string Root => Path.Combine(Folder, "allowed");

    protected string State => Path.Combine(Folder, "state");

    protected ConfigFileDriver Driver { get; private set; }

    /// <summary>The agent's own files, for drivers that are made from now on.</summary>
    protected ImmutableArray<string> ProtectedFiles { get; set; } = [];

    /// <summary>What the agent keeps; null for its state directory alone.</summary>
    private protected OwnPaths? Own { get; set; }

    /// <summary>Gives the values of secrets, to drivers that are made from now on; null for none.</summary>
    private protected SecretVault? Secrets { get; set; }

    /// <summary>Modules that were restarted by files' actions.</summary>
    protected List<string> Restarted { get; } = [];

    public void Dispose()
    {
        Driver.Dispose();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    protected string At(string name) => Path.Combine(Root, name);

    protected static ConfigFileResource ConfigFile(string path, string content = "desired", string name = "file") => new()
    {
        Id = new(KindNames.ConfigFile, name),
        Origin = new("test.yaml", 1, 1),
        File = new() { Path = path, Content = Encoding.UTF8.GetBytes(content) },
    };

    protected static DesiredState Desired(params ConfigFileResource[] files) =>
        DesiredState.Empty with { Resources = files.ToImmutableSortedDictionary(f => f.Id, f => (Resource)f) };

    /// <summary>As after the agent was killed and started again.</summary>
    protected void Restart(string? state = null, params string[] roots)
    {
        Driver.Dispose();
        Driver = NewDriver(state, roots);
    }

    protected Task<StepOutcome> WriteAsync(ConfigFileResource file) => Driver.ExecuteAsync(
        new WriteFile(file.Id, "test", file.File.Path, file.File.ContentHash), Desired(file), CancellationToken.None);

    protected async Task WrittenAsync(ConfigFileResource file) => (await WriteAsync(file)).Should().BeOfType<StepOutcome.Succeeded>();

    protected Task<StepOutcome> RestoreAsync(string path) => Driver.ExecuteAsync(
        new RestoreFile(new(KindNames.ConfigFile, "file"), "test", path), DesiredState.Empty, CancellationToken.None);

    protected Task<StepOutcome> ActAsync(ConfigFileResource file) => Driver.ExecuteAsync(
        new RunAction(file.Id, "test", file.File.Path, file.File.OnChange!), Desired(file), CancellationToken.None);

    protected async Task<ObservedConfigFile> ObserveAsync(ConfigFileResource file) =>
        (await Driver.ObserveAsync(ObservedState.Nothing, Desired(file), CancellationToken.None)).Files[file.File.Path];

    /// <summary>What is observed of a file that is no longer desired; null when the agent has forgotten it.</summary>
    protected async Task<ObservedConfigFile?> ObserveAsync(string path) =>
        (await Driver.ObserveAsync(ObservedState.Nothing, DesiredState.Empty, CancellationToken.None)).Files.GetValueOrDefault(path);

    private ConfigFileDriver NewDriver(string? state = null, params string[] roots) => new(
        new() { AllowedRoots = roots is [] ? [Root] : [.. roots], ProtectedFiles = ProtectedFiles },
        Own ?? new([], [state ?? State]),
        state ?? State,
        (module, _, _) =>
        {
            Restarted.Add(module.Name);
            return Task.FromResult<StepOutcome>(new StepOutcome.Succeeded());
        },
        TimeProvider.System,
        NullLogger<ConfigFileDriver>.Instance,
        Secrets);
}
