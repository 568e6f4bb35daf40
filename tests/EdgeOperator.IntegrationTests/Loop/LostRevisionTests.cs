using System.Collections.Immutable;
using EdgeOperator.Agent;
using EdgeOperator.Agent.LocalApi;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;
using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Condition = EdgeOperator.Core.State.Condition;

namespace EdgeOperator.IntegrationTests.Loop;

/// <summary>
/// The newest revision is bad, the device was rolled back, and then its disk loses the files of the last good revision while the agent
/// does not run.
/// </summary>
public sealed class LostRevisionTests : IAsyncLifetime
{
    private static readonly Operator Alice = new("alice", "maintenance");

    private readonly TempFolder _folder = new();
    private EdgeAgent? _agent;
    private CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;
    private Repository _repository = null!;

    public static TheoryData<Damage, string, string> Losses
    {
        get
        {
            var data = new TheoryData<Damage, string, string> { { Damage.Truncated, "*.tar", "ledger.json" }, { Damage.Missing, "*.json", "ledger.json" } };
            foreach (var damage in Damages.All)
                data.Add(damage, "*.tar *.json", "ledger.json ledger.previous.json");
            return data;
        }
    }

    private DeviceStatus Status => _agent!.Control.Status;

    private string Motd => _folder.File("etc/motd");

    private string State => _folder.File("state");

    public async Task InitializeAsync() => _repository = await Repository.CreateAsync();

    public async Task DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
        _repository.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public async Task It_is_read_again_by_its_commit_and_kept(Damage damage, string revisions, string ledgers)
    {
        var source = Git();
        var (good, bad) = await RolledBackAsync(source, () => _repository.CommitAsync(Good), () => _repository.CommitAsync(Bad));
        await StopAsync();

        Apply(damage, Path.Combine(State, "revisions"), revisions);
        Apply(damage, State, ledgers);
        await StartAsync(source);
        await _agent!.Control.ResumeAsync(null, Alice, CancellationToken.None);
        await File.WriteAllTextAsync(Motd, "drift");

        await HealedAsync(good);
        Status.Desired!.Id.Should().Be(bad);
        Status.Conditions.Find(Condition.Stalled)!.Reason.Should().Be("RolledBack");
    }

    [Fact]
    public async Task Without_the_server_the_mirror_is_enough()
    {
        var source = Git();
        var (good, _) = await RolledBackAsync(source, () => _repository.CommitAsync(Good), () => _repository.CommitAsync(Bad));
        await StopAsync();

        Lose(good);
        Directory.Move(Path.Combine(_repository.Path, ".git"), Path.Combine(_repository.Path, "away"));
        File.Delete(Motd);
        await StartAsync(source);

        await HealedAsync(good);
    }

    [Fact]
    public async Task Without_the_mirror_the_server_is_asked_for_the_commit()
    {
        var source = Git();
        var (good, _) = await RolledBackAsync(source, () => _repository.CommitAsync(Good), () => _repository.CommitAsync(Bad));
        await StopAsync();

        Lose(good);
        Directory.Delete(Path.Combine(State, "sources", "fleet", "repository.git"), recursive: true);
        File.Delete(Motd);
        await StartAsync(source);

        await HealedAsync(good);
    }

    [Fact]
    public async Task With_the_history_alone_the_commit_s_own_id_vouches_for_it()
    {
        var source = Git() with { Path = "fleet" };
        var (good, _) = await RolledBackAsync(
            source, () => _repository.CommitAsync(($"fleet/{Good.Path}", Good.Content), ("other", "x")), () => _repository.CommitAsync(($"fleet/{Bad.Path}", Bad.Content)));
        await StopAsync();

        // An agent that did not note what revisions are composed of.
        Lose(good);
        foreach (var ledger in (string[])["ledger.json", "ledger.previous.json"])
            File.Delete(Path.Combine(State, ledger));
        await using (var database = new SqliteConnection($"Data Source={Path.Combine(State, "state.db")};Pooling=False"))
        {
            await database.OpenAsync();
            await using var delete = new SqliteCommand("DELETE FROM ledger", database);
            await delete.ExecuteNonQueryAsync();
        }

        File.Delete(Motd);
        await StartAsync(source);
        await _agent!.Control.ResumeAsync(null, Alice, CancellationToken.None);

        await HealedAsync(good);
    }

    [Fact]
    public async Task A_commit_that_nobody_has_any_more_is_told_of_with_what_to_do_and_nothing_is_changed()
    {
        var source = Git();
        var (good, bad) = await RolledBackAsync(source, () => _repository.CommitAsync(Good), () => _repository.CommitAsync(Bad));
        await StopAsync();

        Lose(good);
        Directory.Delete(Path.Combine(State, "sources", "fleet", "repository.git"), recursive: true);
        await _repository.GitAsync("checkout", "-q", "--orphan", "rewritten");
        await _repository.GitAsync("branch", "-D", "main");
        await _repository.CommitAsync(Bad);
        await _repository.GitAsync("branch", "-m", "main");
        await _repository.GitAsync("reflog", "expire", "--expire=now", "--all");
        await _repository.GitAsync("gc", "-q", "--prune=now");
        await StartAsync(source);

        await SaysLostAsync($"the files of main@{good[..7]} are lost, and source fleet can't deliver them again: ");
        (await File.ReadAllTextAsync(Motd)).Should().Be("hello");
        Status.LastGood!.Id.Should().Be(good);
        Status.Desired!.Id.Should().NotBe(bad);

        var cure = await _repository.CommitAsync((Good.Path, Manifests.ConfigFile("motd", Motd, "cured")));
        await _agent!.Control.ReconcileAsync(retry: false, Alice, CancellationToken.None);
        await Eventually.SucceedsAsync(() =>
        {
            Status.LastGood!.Id.Should().Be(cure);
            Status.Conditions.Is(Condition.Degraded).Should().BeFalse();
        });
    }

    [Fact]
    public async Task A_folder_has_no_older_states_and_heals_the_device_when_it_is_put_back()
    {
        var source = new DirectorySourceConfiguration { Name = "folder", Path = _folder.File("manifests"), Interval = TimeSpan.FromSeconds(1) };
        var (good, _) = await RolledBackAsync(source, () => WriteAsync(Good), () => WriteAsync(Bad));
        await StopAsync();

        Lose(good);
        await File.WriteAllTextAsync(Motd, "drift");
        await StartAsync(source);
        await SaysLostAsync("source folder can't deliver them again: it is at folder@");
        (await File.ReadAllTextAsync(Motd)).Should().Be("drift");

        await WriteAsync(Good);
        await HealedAsync(good);
    }

    private (string Path, string Content) Good => ("motd.yaml", Manifests.ConfigFile("motd", Motd, "hello"));

    private (string Path, string Content) Bad => ("motd.yaml", Manifests.ConfigFile("motd", _folder.File("elsewhere/motd"), "bad"));

    private GitSourceConfiguration Git() => new() { Name = "fleet", Url = _repository.Url, Interval = TimeSpan.FromSeconds(1) };

    private async Task<(string Good, string Bad)> RolledBackAsync(SourceConfiguration source, Func<Task<string>> good, Func<Task<string>> bad)
    {
        var first = await good();
        await StartAsync(source);
        await Eventually.SucceedsAsync(() => Status.LastGood.Should().Match<RevisionStatus>(r => r.Id.StartsWith(first), $"{string.Join('\n', Status.Conditions)}\n{string.Join('\n', Status.Sources)}"));

        var second = await bad();
        await Eventually.SucceedsAsync(() => Status.Conditions.Find(Condition.Stalled).Should().Match<Condition>(c => c.Reason == "RolledBack", $"{string.Join('\n', Status.Conditions)}"));
        await Eventually.SucceedsAsync(async () => (await File.ReadAllTextAsync(Motd)).Should().Be("hello"));
        return (Status.LastGood!.Id, second);
    }

    private Task<string> WriteAsync((string Path, string Content) file)
    {
        _folder.Write($"manifests/{file.Path}", file.Content);
        return Task.FromResult("");
    }

    private void Lose(string good)
    {
        foreach (var file in Directory.GetFiles(Path.Combine(State, "revisions")).Where(f => f.EndsWith(".tar", StringComparison.Ordinal) || File.ReadAllText(f).Contains(good, StringComparison.Ordinal)))
            File.Delete(file);
    }

    private static void Apply(Damage damage, string folder, string patterns)
    {
        foreach (var file in patterns.Split(' ').SelectMany(pattern => Directory.GetFiles(folder, pattern)).ToList())
            damage.Apply(file);
    }

    private async Task StartAsync(SourceConfiguration source)
    {
        _folder.Write("etc/.keep", "");
        _stop = new();
        _agent = new EdgeAgent(
            new()
            {
                Device = new("press-7", ImmutableSortedDictionary<string, string>.Empty, ImmutableSortedDictionary<string, string>.Empty),
                Sources = [source],
                Engine = new() { Socket = "unix:///nowhere.sock" },
                StateDirectory = State,
                Files = new() { AllowedRoots = [_folder.File("etc")] },
                Reconcile = new() { Deadline = TimeSpan.FromSeconds(3), StableFor = TimeSpan.FromMilliseconds(100), Interval = TimeSpan.FromSeconds(2) },
            },
            NullLoggerFactory.Instance,
            TimeProvider.System);
        _running = _agent.RunAsync(_stop.Token);
        await Eventually.SucceedsAsync(() => Status.LastPassAt.Should().NotBeNull());
    }

    private async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_agent is not null)
            await _agent.DisposeAsync();
        _agent = null;
    }

    private Task HealedAsync(string good) => Eventually.SucceedsAsync(async () =>
    {
        Status.Applied.Should().Match<RevisionStatus>(r => r.Id == good, $"{string.Join('\n', Status.Conditions)}");
        Status.Conditions.Find(Condition.Degraded)?.Reason.Should().NotBe("RevisionLost");
        File.Exists(Motd).Should().BeTrue();
        (await File.ReadAllTextAsync(Motd)).Should().Be("hello");
    });

    private Task SaysLostAsync(string why) => Eventually.SucceedsAsync(() =>
    {
        Status.Conditions.Find(Condition.Degraded).Should().Match<Condition>(c => c.Reason == "RevisionLost" && c.Message.Contains(why) && c.Message.Contains("edgeop reconcile --retry"), $"{string.Join('\n', Status.Conditions)}");
        Status.Conditions.Find(Condition.Ready).Should().Match<Condition>(c => c.Status != ConditionStatus.True && c.Reason != "InSync");
    });
}
