using System.Collections.Immutable;
using System.Text;
using EdgeOperator.Agent;
using EdgeOperator.Agent.Secrets;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.Secrets.Age;
using EdgeOperator.Core.Secrets.Sops;
using EdgeOperator.Core.State;
using EdgeOperator.IntegrationTests.Kinds.EdgeModule;
using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;
using Microsoft.Extensions.Logging;
using Condition = EdgeOperator.Core.State.Condition;

namespace EdgeOperator.IntegrationTests.Loop;

/// <summary>Secrets from an encrypted file in a source to modules on a real engine: that they arrive, and that they are nowhere else.</summary>
[Collection(LoopEngine.Name)]
public sealed class SecretTests : IAsyncLifetime
{
    private const string Canary = "canary-7f3a9";

    private readonly EngineFixture _fixture;
    private readonly TempFolder _folder = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly string _owner = $"secret-{Guid.NewGuid():N}"[..15];
    private readonly AgeIdentity _recovery = AgeIdentity.Generate();
    private readonly KeptLog _log = new();
    private readonly EdgeAgent _agent;
    private Task _running = Task.CompletedTask;

    public SecretTests(EngineFixture fixture)
    {
        _fixture = fixture;
        _folder.File("manifests/none");
        _agent = new EdgeAgent(
            new AgentConfiguration
            {
                Device = new("press-7", ImmutableSortedDictionary<string, string>.Empty, ImmutableSortedDictionary<string, string>.Empty),
                Sources = [new DirectorySourceConfiguration { Name = "folder", Path = _folder.File("manifests"), Interval = TimeSpan.FromSeconds(1) }],
                Engine = new() { Socket = fixture.Engine.Socket, Owner = _owner },
                StateDirectory = State,
                Files = new() { AllowedRoots = [_folder.File("etc")] },
                Reconcile = new() { Deadline = TimeSpan.FromSeconds(60), StableFor = TimeSpan.FromMilliseconds(200) },
            },
            LoggerFactory.Create(logging => logging.AddProvider(_log).SetMinimumLevel(LogLevel.Trace)),
            TimeProvider.System);
    }

    private string State => _folder.File("state");

    private string Web => $"web-{_owner}";

    private DeviceStatus Status => _agent.Control.Status;

    private AgeRecipient Device => AgeRecipient.Parse(Status.Recipient!)!;

    public Task InitializeAsync()
    {
        _running = _agent.RunAsync(_stop.Token);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _agent.DisposeAsync();
        if ((await DockerAsync("ps", "-aq", "--filter", $"label=edgeoperator.io/managed-by={_owner}")).Split('\n', StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } left)
            await DockerAsync(["rm", "-f", .. left]);
        foreach (var folder in MemoryFolders())
            Directory.Delete(folder, recursive: true);
        _folder.Dispose();
        _stop.Dispose();
    }

    [Fact]
    public async Task A_module_gets_its_secrets_by_variable_and_by_file_and_nothing_else_has_them()
    {
        Encrypt($"{Canary}-one", Device, _recovery.Recipient);
        Write("env: {DSN: 'postgres://app:${secrets.db.password}@db'}\nsecretFiles: [{path: /run/secrets/password, content: 'p=${secrets.db.password}', mode: '0400'}]\n");
        await CommittedAsync();

        (await DockerAsync("exec", Web, "sh", "-c", "echo $DSN; cat /run/secrets/password; ls -l /run/secrets/password")).Should()
            .Contain($"postgres://app:{Canary}-one@db").And.Contain($"p={Canary}-one").And.Contain("-r--------");
        (await DockerAsync("inspect", "--format", "{{.Config.Labels}} {{.Config.Cmd}} {{.Args}} {{.HostConfig}} {{.Mounts}}", Web)).Should().NotContain(Canary);
        await ShouldBeNowhereElseAsync();
    }

    [Fact]
    public async Task A_changed_secret_changes_what_uses_it_and_a_file_encrypted_anew_does_not()
    {
        Encrypt($"{Canary}-one", Device, _recovery.Recipient);
        Write("secretFiles: [{path: /run/secrets/password, content: '${secrets.db.password}'}]\n");
        await CommittedAsync();
        var first = await IdAsync();

        File.WriteAllText(Secret, SopsWriter.Rotate(File.ReadAllText(Secret), [_recovery], [Device, _recovery.Recipient], TimeProvider.System.GetUtcNow()));
        await CommittedAsync();
        (await IdAsync()).Should().Be(first);

        Encrypt($"{Canary}-two", Device, _recovery.Recipient);
        await CommittedAsync();
        await Eventually.SucceedsAsync(async () => (await DockerAsync("exec", Web, "cat", "/run/secrets/password")).Should().Be($"{Canary}-two"));
        (await IdAsync()).Should().NotBe(first);
        await Eventually.SucceedsAsync(() => MemoryFolders().SelectMany(Directory.GetDirectories).Should().ContainSingle());
        await ShouldBeNowhereElseAsync();
    }

    [Fact]
    public async Task A_secret_for_others_holds_up_what_needs_it_and_a_key_that_comes_later_opens_it()
    {
        Encrypt(Canary, _recovery.Recipient);
        Write("env: {PASSWORD: '${secrets.db.password}'}\n");
        _folder.Write("manifests/other.yaml", Manifests.Module($"other-{_owner}", _fixture.Sleeper, "imagePullPolicy: never\n"));

        await Eventually.SucceedsAsync(() =>
        {
            Status.LastGood.Should().NotBeNull();
            Ready("EdgeModule", $"other-{_owner}").Status.Should().Be(ConditionStatus.True);
            Ready("Secret", "db").Should().Match<Condition>(c => c.Status == ConditionStatus.False && c.Reason == "NotForThisDevice" && c.Message.Contains(_recovery.Recipient.ToString()) && c.Message.Contains(Status.Recipient!));
            Ready("EdgeModule", Web).Should().Match<Condition>(c => c.Status == ConditionStatus.False && c.Message.Contains("it waits for Secret/db"));
        });

        File.WriteAllText(Secret, SopsWriter.Rewrap(File.ReadAllText(Secret), [_recovery], [_recovery.Recipient, Device]));
        await Eventually.SucceedsAsync(() => Ready("EdgeModule", Web).Status.Should().Be(ConditionStatus.True));
        (await DockerAsync("exec", Web, "sh", "-c", "echo $PASSWORD")).Trim().Should().Be(Canary);
        await ShouldBeNowhereElseAsync();
    }

    [Fact]
    public async Task A_file_gets_its_secrets_changes_with_them_and_goes_with_its_manifest()
    {
        Encrypt($"{Canary}-one", Device, _recovery.Recipient);
        _folder.Write("manifests/app.yaml", $"apiVersion: edgeoperator.io/v1alpha1\nkind: ConfigFile\nmetadata: {{name: app}}\nspec: {{path: {Settings}, content: 'password=${{secrets.db.password}}', onChange: {{run: [\"true\"]}}}}\n");
        await CommittedAsync();
        (await File.ReadAllTextAsync(Settings)).Should().Be($"password={Canary}-one");
        File.GetUnixFileMode(Settings).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);

        await File.WriteAllTextAsync(Settings, "edited");
        await Eventually.SucceedsAsync(() => File.ReadAllText(Settings).Should().Be($"password={Canary}-one"));

        Encrypt($"{Canary}-two", Device, _recovery.Recipient);
        await CommittedAsync();
        await Eventually.SucceedsAsync(() => File.ReadAllText(Settings).Should().Be($"password={Canary}-two"));
        await ShouldBeNowhereElseAsync();

        File.Delete(_folder.File("manifests/app.yaml"));
        await Eventually.SucceedsAsync(() => File.Exists(Settings).Should().BeFalse());
    }

    [Fact]
    public async Task Files_that_are_gone_after_a_reboot_are_there_again_before_the_module_starts()
    {
        Encrypt(Canary, Device);
        Write("secretFiles: [{path: /run/secrets/password, content: '${secrets.db.password}'}]\n");
        await CommittedAsync();

        await DockerAsync("kill", Web);
        foreach (var folder in MemoryFolders())
            Directory.Delete(folder, recursive: true);

        await Eventually.SucceedsAsync(async () => (await DockerAsync("exec", Web, "cat", "/run/secrets/password")).Should().Be(Canary), TimeSpan.FromMinutes(2));
    }

    private string Settings => _folder.File("etc/app/settings");

    private string Secret => Path.Combine(_folder, "manifests", "db.yaml");

    private void Encrypt(string value, params AgeRecipient[] recipients) => File.WriteAllText(Secret, SopsWriter.Encrypt(
        $"apiVersion: edgeoperator.io/v1alpha1\nkind: Secret\nmetadata: {{name: db}}\nspec:\n  stringData: {{password: {value}}}\n", recipients, TimeProvider.System.GetUtcNow()));

    private void Write(string spec) => _folder.Write("manifests/web.yaml", Manifests.Module(Web, _fixture.Sleeper, "imagePullPolicy: never\n" + spec));

    private async Task CommittedAsync()
    {
        await _agent.Control.ReconcileAsync(retry: false, new("test"), CancellationToken.None);
        try
        {
            // A commit flushes some thirty files, one after the other, and a busy disk takes seconds for each.
            await Eventually.SucceedsAsync(
                () =>
                {
                    Status.LastGood.Should().NotBeNull().And.Be(Status.Desired);
                    Status.Conditions.Is(Condition.Ready).Should().BeTrue();
                },
                Eventually.Slow);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}\nstatus: {System.Text.Json.JsonSerializer.Serialize(Status, ProtocolJson.Default.DeviceStatus)}\nlog: {_log.Text}", e);
        }
    }

    private Condition Ready(string kind, string name) => Status.Resources.Single(r => r.Kind == kind && r.Name == name).Conditions.Find(Condition.Ready)!;

    private async Task<string> IdAsync() => (await DockerAsync("inspect", "--format", "{{.Id}}", Web)).Trim();

    private Task<string> DockerAsync(params string[] arguments) => Shell.RunAsync("docker", ["--host", _fixture.Engine.Socket, .. arguments]);

    /// <summary>What the agent keeps, prints and reports, and what other processes can see of it.</summary>
    private async Task ShouldBeNowhereElseAsync()
    {
        (await Shell.RunAsync("sh", "-c", "grep -rlaF \"$0\" \"$1\" || true", Canary, State)).Should().BeEmpty("nothing in the state directory holds it");
        _log.Text.Should().NotContain(Canary);
        System.Text.Json.JsonSerializer.Serialize(Status, ProtocolJson.Default.DeviceStatus).Should().NotContain(Canary);
        System.Text.Json.JsonSerializer.Serialize(_agent.Control.Events(0, 1000, null), ProtocolJson.Default.ImmutableArrayEventRecord).Should().NotContain(Canary);
        System.Text.Json.JsonSerializer.Serialize(_agent.Control.History(100), ProtocolJson.Default.ImmutableArrayHistoryRecord).Should().NotContain(Canary);
        foreach (var resource in Status.Resources)
            _agent.Control.Manifest(new(resource.Kind, resource.Name))!.ToJson().ToJsonString().Should().NotContain(Canary);
        foreach (var process in Directory.GetDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), out _)))
        {
            try
            {
                (await File.ReadAllTextAsync(Path.Combine(process, "cmdline"))).Should().NotContain(Canary);
            }
            catch (IOException)
            {
                // It has ended.
            }
        }
    }

    private IEnumerable<string> MemoryFolders()
    {
        var name = Path.GetFileName(Path.GetDirectoryName(new MemoryFolder(State).PathOf("x"))!);
        return new[] { "/run/edgeoperator", "/dev/shm/edgeoperator" }.Select(root => Path.Combine(root, name)).Where(Directory.Exists);
    }

    private sealed class KeptLog : ILoggerProvider, ILogger
    {
        private readonly StringBuilder _text = new();

        public string Text
        {
            get
            {
                lock (_text)
                    return _text.ToString();
            }
        }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_text)
                _text.AppendLine(formatter(state, exception)).AppendLine($"{exception}");
        }

        public void Dispose()
        {
        }
    }
}
