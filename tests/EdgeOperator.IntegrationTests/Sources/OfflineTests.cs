using EdgeOperator.Agent.Sources;
using EdgeOperator.Agent.Sources.Git;
using EdgeOperator.Agent.Storage;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.State;
using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeOperator.IntegrationTests.Sources;

/// <summary>The set of sources as the agent has it, with a repository behind a network that can be cut.</summary>
public sealed class OfflineTests : IAsyncLifetime, IDisposable
{
    private readonly TempFolder _state = new();
    private readonly CancellationTokenSource _deadline = new(Eventually.Slow);
    private Repository _repository = null!;
    private HttpGitServer _server = null!;
    private CuttableProxy _network = null!;

    public async Task InitializeAsync()
    {
        _repository = await Repository.CreateAsync();
        _server = await HttpGitServer.StartAsync(_repository.Path);
        _network = new CuttableProxy(new Uri(_server.Url).Authority);
    }

    public async Task DisposeAsync()
    {
        await _network.DisposeAsync();
        await _server.DisposeAsync();
    }

    public void Dispose()
    {
        _repository.Dispose();
        _state.Dispose();
        _deadline.Dispose();
    }

    [Fact]
    public async Task An_agent_that_starts_offline_has_the_revision_of_before_and_goes_on_when_the_network_is_back()
    {
        var first = await _repository.CommitAsync(("a.yaml", "1"));
        await StartAndPollAsync();
        _network.Cut();
        var second = await _repository.CommitAsync(("a.yaml", "2"));

        var (set, store) = Start();
        set.Newest!.Id.Should().Be(first);
        store.Load(first)!.Artifacts.Single().Files.Should().ContainSingle(f => f.Path == "a.yaml");
        await set.PokeAsync(_deadline.Token);
        set.Newest!.Id.Should().Be(first);
        set.Statuses.Single().Ready.Should().Match<Condition>(c => c.Status == ConditionStatus.False && c.Reason == "Unreachable");

        _network.Restore();
        await set.PokeAsync(_deadline.Token);
        set.Newest!.Id.Should().Be(second);
        set.Statuses.Single().Ready.Status.Should().Be(ConditionStatus.True);
    }

    [Fact]
    public async Task An_unsigned_commit_leaves_the_last_good_one_in_place_and_says_so()
    {
        using var keys = new TempFolder("keys");
        var alice = await Signer.WithSshKeyAsync(keys, "alice");
        await _repository.GitAsync([.. alice.GitOptions, "commit", "-q", "-S", "--allow-empty", "-m", "Signed"]);
        var good = (await _repository.GitAsync("rev-parse", "HEAD")).Trim();
        var (set, _) = Start(new GitVerification.Signed(alice.PublicKeyFile, null));
        await set.PokeAsync(_deadline.Token);
        await _repository.CommitAsync(("a.yaml", "evil"));

        await set.PokeAsync(_deadline.Token);

        set.Newest!.Id.Should().Be(good);
        set.Statuses.Single().Ready.Reason.Should().Be("Unverified");
    }

    [Fact]
    public async Task Verification_that_is_switched_on_later_checks_what_was_fetched_before()
    {
        using var keys = new TempFolder("keys");
        var alice = await Signer.WithSshKeyAsync(keys, "alice");
        await _repository.CommitAsync(("a.yaml", "unsigned"));
        await StartAndPollAsync();

        var (set, _) = Start(new GitVerification.Signed(alice.PublicKeyFile, null));
        await set.PokeAsync(_deadline.Token);

        set.Statuses.Single().Ready.Reason.Should().Be("Unverified");
    }

    [Fact]
    public async Task A_server_that_stalls_is_given_up_after_the_timeout()
    {
        await _repository.CommitAsync(("a.yaml", "1"));
        _network.Stall();

        var (set, _) = Start(timeout: TimeSpan.FromMilliseconds(300));
        await set.PokeAsync(_deadline.Token);

        set.Statuses.Single().Ready.Reason.Should().Be("TimedOut");
    }

    [Fact]
    public async Task A_poll_that_finds_nothing_new_asks_for_the_ref_and_fetches_nothing()
    {
        await _repository.CommitAsync(("a.yaml", "1"));
        var (set, _) = await StartAndPollAsync();
        var fetches = _server.Fetches;

        await set.PokeAsync(_deadline.Token);

        fetches.Should().Be(1);
        _server.Fetches.Should().Be(1);
    }

    private async Task<(SourceSet Set, RevisionStore Store)> StartAndPollAsync()
    {
        var started = Start();
        await started.Set.PokeAsync(_deadline.Token);
        started.Set.Newest.Should().NotBeNull();
        return started;
    }

    private (SourceSet Set, RevisionStore Store) Start(GitVerification? verify = null, TimeSpan? timeout = null)
    {
        var store = new RevisionStore(_state, NullLogger<RevisionStore>.Instance);
        var configuration = new GitSourceConfiguration
        {
            Name = "main",
            Url = $"http://{_network.Address}/.git",
            Timeout = timeout ?? TimeSpan.FromMinutes(1),
            Verify = verify ?? new GitVerification.None(),
        };
        var source = new GitSource(configuration, store.SourceFolder("main"), TimeProvider.System, NullLogger<GitSource>.Instance);
        return (new([source], store, (_, _, _) => { }, TimeProvider.System, Random.Shared, NullLogger<SourceSet>.Instance), store);
    }
}
