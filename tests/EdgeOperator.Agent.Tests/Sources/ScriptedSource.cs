using System.Collections.Concurrent;
using System.Text;
using EdgeOperator.Agent.Sources;
using EdgeOperator.Agent.Storage;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Agent.Tests.Sources;

/// <summary>A source that answers as told.</summary>
internal sealed class ScriptedSource(string name, TimeSpan? interval = null, TimeSpan? timeout = null) : ISource
{
    private static readonly TimeSpan Never = TimeSpan.FromDays(1);

    public ConcurrentQueue<string?> Asked { get; } = [];

    public ConcurrentQueue<FetchRequest> Requests { get; } = [];

    public TaskCompletionSource<Action> Watched { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Func<string?, CancellationToken, Task<FetchResult>> Answer { get; set; } = (_, _) => Task.FromResult<FetchResult>(new FetchResult.Unchanged());

    public SourceConfiguration Configuration { get; } = new DirectorySourceConfiguration
    {
        Name = name,
        Path = $"/srv/{name}",
        Interval = interval ?? Never,
        Timeout = timeout ?? TimeSpan.FromMinutes(1),
    };

    public (string Kind, string Location) Description => ("scripted", "nowhere");

    public void Delivers(string id, string content = "x") => Answers(new FetchResult.Fetched(Artifact(id, content)));

    public void Fails(string reason) => Answers(new FetchResult.Failed(reason, $"it is {reason}"));

    public void Answers(FetchResult result) => Answer = (known, _) =>
        Task.FromResult(result is FetchResult.Fetched { Artifact.Id: var id } && id == known ? new FetchResult.Unchanged() : result);

    public Artifact Artifact(string id, string content = "x") =>
        new(name, id, $"{name}@{id}", [new ManifestFile("a.yaml", Encoding.UTF8.GetBytes(content))]);

    public Task<FetchResult> FetchAsync(FetchRequest request, CancellationToken cancellation)
    {
        Asked.Enqueue(request.Known);
        Requests.Enqueue(request);
        return Answer(request.Known, cancellation);
    }

    /// <summary>What it delivers again, by the id that is asked for.</summary>
    public ConcurrentDictionary<string, Artifact> Older { get; } = [];

    /// <summary>How often it was asked to deliver something again.</summary>
    public int Again { get; private set; }

    public Task<FetchResult> FetchAgainAsync(string artifact, CancellationToken cancellation)
    {
        Again++;
        return Task.FromResult<FetchResult>(Older.TryGetValue(artifact, out var older) ? new FetchResult.Fetched(older) : new FetchResult.Failed("NotFound", "it is gone"));
    }

    public Task WatchAsync(Action changed, CancellationToken cancellation)
    {
        Watched.TrySetResult(changed);
        return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
    }
}
