using System.Text;
using EdgeOperator.Agent.Sources;
using EdgeOperator.Agent.Sources.Git;
using EdgeOperator.Agent.Storage;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeOperator.IntegrationTests.Sources;

/// <summary>A repository and a device's state folder, fresh for each test.</summary>
public abstract class GitSourceTest : IAsyncLifetime, IDisposable
{
    private readonly TempFolder _state = new();
    private readonly CancellationTokenSource _deadline = new(Eventually.Slow);

    protected Repository Repository { get; private set; } = null!;

    /// <summary>The device's clock.</summary>
    private protected ShiftedClock Clock { get; } = new();

    protected CancellationToken Deadline => _deadline.Token;

    protected string SourceFolder => Path.Combine(_state, "sources", "main");

    protected string LocalRepository => Path.Combine(SourceFolder, "repository.git");

    public virtual async Task InitializeAsync() => Repository = await Repository.CreateAsync();

    public virtual Task DisposeAsync() => Task.CompletedTask;

    public virtual void Dispose()
    {
        Repository.Dispose();
        _state.Dispose();
        _deadline.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>The source as a freshly started agent has it.</summary>
    private protected GitSource Source(Func<GitSourceConfiguration, GitSourceConfiguration>? change = null)
    {
        var configuration = new GitSourceConfiguration { Name = "main", Url = Repository.Url };
        return new(change?.Invoke(configuration) ?? configuration, SourceFolder, Clock, NullLogger<GitSource>.Instance);
    }

    private protected async Task<Artifact> DeliveredAsync(GitSource source, string? known = null)
    {
        var result = await source.FetchAsync(new(known), Deadline);
        return result.Should().BeOfType<FetchResult.Fetched>($"{result}").Subject.Artifact;
    }

    private protected async Task<FetchResult.Failed> FailedAsync(GitSource source, string? known = null) =>
        (await source.FetchAsync(new(known), Deadline)).Should().BeOfType<FetchResult.Failed>().Subject;

    private protected static IEnumerable<(string Path, string Content)> Texts(Artifact artifact) =>
        artifact.Files.Select(f => (f.Path, Encoding.UTF8.GetString(f.Content.Span)));

    /// <summary>How a git of the agent's sees the local repository.</summary>
    private protected Task<string> LocalGitAsync(params string[] arguments) =>
        Shell.RunAsync("git", [$"--git-dir={LocalRepository}", .. arguments]);
}
