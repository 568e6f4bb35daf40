using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Alerts;
using EdgeOperator.Core.Fleets;
using EdgeOperator.Core.Twins;
using EdgeOperator.Hub.Hosting;
using EdgeOperator.Hub.Identities;
using EdgeOperator.Hub.Provisioning;
using EdgeOperator.Hub.Replicas;
using EdgeOperator.Hub.Security;
using EdgeOperator.Hub.Storage;
using EdgeOperator.Hub.Tests;
using EdgeOperator.Hub.Tests.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeOperator.Portal.Tests;

/// <summary>A hub that is put together and not started, over a store with many rows of everything, which counts what is read of it.</summary>
public sealed class ManyRows : IAsyncLifetime
{
    public const int Count = 1200;
    public const string Device = "till-00007";
    public const string Fleet = "fleet-00000";
    public const string Repository = "repository-00000";

    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private readonly HubUnderTest _hub = HubUnderTest.Prepare("");
    private SecretBox _secrets = null!;
    private CertificateAuthority _authority = null!;
    private ServerCertificates _certificates = null!;
    private IHubStore _store = null!;
    private WebApplication _app = null!;

    public IServiceProvider Services => _app.Services;

    internal CountingStore Counted { get; private set; } = null!;

    /// <summary>The administrator's.</summary>
    public string Token { get; private set; } = "";

    public async Task InitializeAsync()
    {
        var (configuration, replica, time) = (_hub.ReadConfiguration(), Replica.New(), new SetClockAt(Now));
        Directory.CreateDirectory(_hub.Data);
        (_store, _secrets) = await HubFolder.OpenAsync(configuration, replica, isServer: true, default);
        await SeedAsync();
        var counted = CountingStore.Over(_store);
        Counted = CountingStore.Of(counted);
        _authority = CertificateAuthority.Open(_hub.Data, _hub.Host, time);
        _certificates = new(configuration, _authority, time, (_, e) => throw e);
        _app = await HubProcess.BuildAsync(configuration, replica, counted, _secrets, _authority, _certificates, NullLoggerFactory.Instance, time, default);
        await Services.GetRequiredService<Users>().CreateAdministratorAsync(default);
        (Token, _) = await Services.GetRequiredService<ApiTokens>().IssueForLoginAsync(Users.Administrator, null, default);
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        _certificates.Dispose();
        _authority.Dispose();
        await _store.DisposeAsync();
        _secrets.Dispose();
        await _hub.DisposeAsync();
    }

    private async Task SeedAsync()
    {
        var wait = new StoredRollout(Fleet, 1, new string('a', 40), Now, RolloutState.Paused, "by admin", HasFailed: false, null, [], new(WaitReason.Approval, "it waits"), []);
        var enrollments = new Enrollments(_store, _secrets);
        foreach (var batch in Enumerable.Range(0, Count).Chunk(300))
        {
            await Task.WhenAll(batch.SelectMany(number => (IEnumerable<Task>)
            [
                AddDeviceAsync(number),
                WriteAsync("user", $"user-{number:00000}", JsonSerializer.SerializeToNode(new User($"user-{number:00000}", "", MustChange: true, Role.Viewer))!),
                WriteAsync("token", $"{number:x64}", JsonSerializer.SerializeToNode(new ApiToken("admin", Now.AddDays(1), Role.Viewer, $"token-{number}"))!, "named"),
                WriteAsync("fleet", $"fleet-{number:00000}", FleetOf(), Repository),
                WriteAsync("rollout", $"fleet-{number:00000}", JsonNode.Parse((wait with { Fleet = $"fleet-{number:00000}" }).Write())!, "attention"),
                WriteAsync("repository", $"repository-{number:00000}", new JsonObject { ["spec"] = new JsonObject { ["url"] = "https://git.example.com/shop.git" }, ["at"] = Now, ["by"] = "admin" }),
                WriteAsync("alert", $"NotReady site={number}", JsonNode.Parse(AlertOf(number).Write())!, nameof(AlertStatus.Firing)),
                WriteAsync("enrollmentRequest", $"{number:x64}", JsonSerializer.SerializeToNode(new EnrollmentRequest($"{number:x64}", $"new-{number:00000}", "", null, Now, "Pending", null))!, "Pending"),
                enrollments.WriteAsync(Enrollments.Group, $"group-{number:00000}", new() { ["enrollmentGroupId"] = $"group-{number:00000}", ["attestation"] = new JsonObject { ["type"] = "symmetricKey" } }, "1", null, default),
                enrollments.WriteAsync(Enrollments.Individual, $"one-{number:00000}", new() { ["registrationId"] = $"one-{number:00000}", ["attestation"] = new JsonObject { ["type"] = "symmetricKey" } }, "1", null, default),
                WriteAsync(DeviceProvisioning.Registration, $"registered-{number:00000}", new JsonObject { ["registrationId"] = $"registered-{number:00000}", ["enrollmentGroupId"] = "line" }, "line"),
                WriteAsync("job", $"job-{number:00000}", new JsonObject { ["jobId"] = $"job-{number:00000}", ["type"] = "scheduleUpdateTwin", ["status"] = "completed" }, "over"),
                _store.AuditAsync(new(0, Now, "user admin", "PUT", "fleets/x", "here"), default),
                _store.AddTelemetryAsync(new(0, new(Device), Now, "", []), default),
            ]));
            await _store.AddEventsAsync([.. batch.Select(number => new HubEvent(0, Now, EventTypes.TwinUpdated, new IdentityKey(Device), null, $"change {number}"))], default);
            await _store.AddDeviceJobsAsync("job-00000", [.. batch.Select(number => $"till-{number:00000}")], Now, default);
        }

        var devices = Enumerable.Range(0, Count).Select(number => new StoredRolloutDevice($"till-{number:00000}", -1, 0, StoredRollout.Write(new RolloutDevice(-1, DeviceState.Pending, Now)))).ToArray();
        var before = (await _store.FindDocumentAsync("rollout", Fleet, default))!;
        (await _store.WriteRolloutAsync(before with { ETag = "2" }, before.ETag, devices, [], null, default)).Should().BeTrue();
    }

    private async Task AddDeviceAsync(int number)
    {
        var tags = new JsonObject { ["labels"] = new JsonObject { ["role"] = "till" } };
        (await _store.AddAsync(new Identity(new($"till-{number:00000}"), "1", "1"), Twin.Initial with { Tags = tags }, default)).Should().BeTrue();
    }

    private async Task WriteAsync(string kind, string id, JsonNode body, string? label = null) =>
        (await _store.WriteDocumentAsync(new(kind, id, "1", body.ToJsonString()) { Label = label }, null, default)).Should().BeTrue();

    private static JsonObject FleetOf() => new()
    {
        ["spec"] = new JsonObject { ["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["role"] = "till" } }, ["source"] = new JsonObject { ["ref"] = new JsonObject { ["commit"] = new string('a', 40) } } },
        ["at"] = Now,
        ["by"] = "repository",
        ["repository"] = Repository,
        ["file"] = "fleets.yaml",
    };

    private static AlertState AlertOf(int number) => new()
    {
        Rule = "NotReady",
        Group = ImmutableSortedDictionary<string, string>.Empty.Add("site", $"{number}"),
        Severity = "warning",
        Status = AlertStatus.Firing,
        StartedAt = Now,
        Count = 1,
        First = [new($"till-{number:00000}", Now, "it is not ready")],
        Version = 1,
        ChangedAt = Now,
    };

    /// <summary>No time passes, so that nothing is counted anew in between.</summary>
    private sealed class SetClockAt(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;

        public override long GetTimestamp() => 0;
    }
}
