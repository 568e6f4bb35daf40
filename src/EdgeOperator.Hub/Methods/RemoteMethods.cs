using System.Collections.Concurrent;
using System.Text.Json;
using EdgeOperator.Hub.Identities;
using EdgeOperator.Hub.Mqtt;
using EdgeOperator.Hub.Replicas;
using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Methods;

/// <param name="IsConnected">False when the device was not there after all, and has not been called.</param>
/// <param name="Answer">Null when the device did not answer in time.</param>
internal sealed record RemoteResult(bool IsConnected, MethodAnswer? Answer);

/// <summary>
/// Methods of devices that are connected to another replica. The call and its answer go through the store that replicas share, each
/// addressed to one replica and with an end, so that a call that nobody waits for any more is not carried out.
/// </summary>
internal sealed partial class RemoteMethods(IHubStore store, Replica replica, LiveSessions sessions, TimeProvider time, ILogger<RemoteMethods> log) : IChangeHandler
{
    /// <summary>The way there and back.</summary>
    private static readonly TimeSpan Transit = TimeSpan.FromSeconds(3);

    private readonly IReplicaStore? _replicas = store as IReplicaStore;
    private readonly ConcurrentDictionary<string, TaskCompletionSource<RemoteResult>> _waiting = new();

    /// <summary>Whether there may be other replicas.</summary>
    public bool IsShared => _replicas is not null;

    /// <returns>Null when the device is not connected to another replica, or has not subscribed to methods.</returns>
    public async Task<RemoteResult?> InvokeAsync(IdentityKey key, string method, byte[] payload, TimeSpan timeout, CancellationToken cancellation)
    {
        if (_replicas is null || await _replicas.FindConnectionAsync(key, cancellation) is not { } connection
            || connection.Replica == replica.Id || !((Subscriptions)connection.Subscriptions).HasFlag(Subscriptions.Methods))
            return null;
        var request = Guid.NewGuid().ToString("N");
        var waiting = _waiting[request] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            var call = JsonSerializer.Serialize(new Call(request, replica.Id, method, payload, timeout));
            await _replicas.PostAsync(connection.Replica, key, ChangeKind.MethodCall, call, timeout + Transit, cancellation);
            return await waiting.Task.WaitAsync(timeout + Transit, time, cancellation);
        }
        catch (TimeoutException)
        {
            return new(true, null);
        }
        finally
        {
            _waiting.TryRemove(request, out _);
        }
    }

    public void Handle(Change change)
    {
        if (change.Kind == ChangeKind.MethodCall)
            _ = AnswerAsync(change.Key, JsonSerializer.Deserialize<Call>(change.Body!)!);
        else if (change.Kind == ChangeKind.MethodAnswer && JsonSerializer.Deserialize<Answer>(change.Body!) is { } answer && _waiting.TryRemove(answer.Request, out var waiting))
            waiting.TrySetResult(new(answer.IsConnected, answer.Status is { } status ? new(status, answer.Payload!) : null));
    }

    private async Task AnswerAsync(IdentityKey key, Call call)
    {
        try
        {
            var session = sessions.Find(key) is { } found && found.Subscriptions.HasFlag(Subscriptions.Methods) ? found : null;
            var answer = session is null ? null : await session.InvokeAsync(call.Method, call.Payload, call.Timeout, CancellationToken.None);
            var body = JsonSerializer.Serialize(new Answer(call.Request, session is not null, answer?.Status, answer?.Payload));
            await _replicas!.PostAsync(call.From, key, ChangeKind.MethodAnswer, body, Transit, CancellationToken.None);
        }
        catch (StoreException e)
        {
            CannotAnswer(log, key.ToString(), e);
        }
    }

    private sealed record Call(string Request, string From, string Method, byte[] Payload, TimeSpan Timeout);

    private sealed record Answer(string Request, bool IsConnected, int? Status, byte[]? Payload);
}
