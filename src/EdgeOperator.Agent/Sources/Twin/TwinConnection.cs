using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeOperator.Agent.Telemetry;
using EdgeOperator.Core.Protocol.Hub;
using EdgeOperator.Git;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Protocol;

namespace EdgeOperator.Agent.Sources.Twin;

/// <summary>One connection to a hub as a device or module, in the device protocol of Azure IoT Hub.</summary>
internal sealed class TwinConnection : IAsyncDisposable
{
    private const string ApiVersion = "2021-04-12";

    /// <summary>IoT Hub waits for no longer.</summary>
    private static readonly TimeSpan CallTimeout = TimeSpan.FromMinutes(5);

    /// <summary>Direct methods that are answered at once; more are refused.</summary>
    private const int MostCalls = 8;
    private const int TooManyRequests = 429;

    private const string Results = "$iothub/twin/res/";
    private const string Methods = "$iothub/methods/POST/";
    private const string Desired = "$iothub/twin/PATCH/properties/desired/";

    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly PendingRequests<(int Status, string Body)> _requests = new(TimeProvider.System);
    private readonly Action _changed;
    private readonly MethodHandler? _methods;
    private readonly SemaphoreSlim _calls = new(MostCalls);
    private readonly CancellationTokenSource _ended = new();
    private string _events = "";
    private volatile bool _isBroken;

    private TwinConnection(Action changed, Action ended, MethodHandler? methods)
    {
        (_changed, _methods) = (changed, methods);
        _client.ApplicationMessageReceivedAsync += ReceiveAsync;
        _client.DisconnectedAsync += e =>
        {
            // It comes for an attempt that has failed too, whose caller knows.
            _requests.Fail(new(FetchReasons.Unreachable, "the hub has closed the connection"));
            if (e.ClientWasConnected && !_ended.IsCancellationRequested)
                ended();
            return Task.CompletedTask;
        };
    }

    public bool IsOpen => _client.IsConnected && !_isBroken;

    /// <param name="changed">Is called when desired properties have changed.</param>
    /// <param name="ended">Is called when the connection has ended that was open.</param>
    /// <param name="methods">Answers direct methods; null when there are none.</param>
    /// <exception cref="FetchException">The hub can't be reached, or does not accept the login.</exception>
    public static async Task<TwinConnection> OpenAsync(TwinLogin login, Action changed, Action ended, MethodHandler? methods, CancellationToken cancellation)
    {
        var connection = new TwinConnection(changed, ended, methods);
        try
        {
            await connection.ConnectAsync(login, cancellation);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <returns>Desired and reported properties, <c>$version</c> among them.</returns>
    /// <exception cref="FetchException">The hub refuses, or answers nonsense.</exception>
    public async Task<(JsonObject Desired, JsonObject Reported)> ReadAsync(CancellationToken cancellation)
    {
        var body = await RequestAsync("$iothub/twin/GET/", "", cancellation);
        try
        {
            var twin = StrictJson.Parse(Encoding.UTF8.GetBytes(body)) as JsonObject;
            var desired = twin?["desired"] as JsonObject ?? throw new FetchException(FetchReasons.Corrupt, "the twin that the hub sent has no desired properties");
            return (desired, twin!["reported"] as JsonObject ?? []);
        }
        catch (JsonException e)
        {
            throw new FetchException(FetchReasons.Corrupt, $"the twin that the hub sent is not valid JSON: {e.Message}");
        }
    }

    /// <exception cref="FetchException">The hub refuses.</exception>
    public Task ReportAsync(JsonObject patch, CancellationToken cancellation) =>
        RequestAsync("$iothub/twin/PATCH/properties/reported/", patch.ToJsonString(), cancellation);

    /// <summary>Sends a message, and waits until the hub has it.</summary>
    /// <param name="kind">What <see cref="HubMessages"/> calls it.</param>
    /// <exception cref="FetchException">It can't be sent.</exception>
    public async Task SendAsync(string kind, byte[] json, CancellationToken cancellation)
    {
        try
        {
            await _client.PublishBinaryAsync($"{_events}{HubMessages.Properties(kind)}", json, MqttQualityOfServiceLevel.AtLeastOnce, retain: false, cancellation);
        }
        catch (Exception e) when (e is MqttCommunicationException or InvalidOperationException)
        {
            throw new FetchException(FetchReasons.Unreachable, e.GetBaseException().Message);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await MqttLogin.DisconnectAsync(_client);
    }

    private async Task ConnectAsync(TwinLogin login, CancellationToken cancellation)
    {
        _events = login.ModuleId is null ? $"devices/{login.DeviceId}/messages/events/" : $"devices/{login.DeviceId}/modules/{login.ModuleId}/messages/events/";
        var name = login.ModuleId is null ? login.DeviceId : $"{login.DeviceId}/{login.ModuleId}";
        try
        {
            var userName = $"{login.Host}/{name}/?api-version={ApiVersion}&DeviceClientType={Uri.EscapeDataString($"EdgeOperator/{AgentVersion.Number}")}";
            await MqttLogin.ConnectAsync(_client, login, name, userName, isClean: false, cancellation);
            var filters = new MqttClientSubscribeOptionsBuilder().WithTopicFilter($"{Results}#").WithTopicFilter($"{Desired}#");
            await _client.SubscribeAsync((_methods is null ? filters : filters.WithTopicFilter($"{Methods}#")).Build(), cancellation);
            _ = KeepAliveAsync();
        }
        catch (MqttCommunicationException e)
        {
            throw new FetchException(FetchReasons.Unreachable, $"{login.Host}: {e.GetBaseException().Message}");
        }
    }

    // A connection that has ended by itself is reported by the client.
    private async Task KeepAliveAsync()
    {
        await new MqttKeepAlive(_client, TimeProvider.System).RunAsync(_ended.Token);
        if (!_client.IsConnected || _ended.IsCancellationRequested)
            return;
        _isBroken = true;
        _changed();
    }

    private async Task<string> RequestAsync(string topic, string body, CancellationToken cancellation)
    {
        try
        {
            var (status, text) = await _requests.SendAsync(
                request => _client.PublishStringAsync($"{topic}?$rid={request}", body, MqttQualityOfServiceLevel.AtMostOnce, retain: false, cancellation), cancellation);
            return status < 300 ? text : throw new FetchException(FetchReasons.Refused, $"the hub answered {status}: {text}");
        }
        catch (TimeoutException)
        {
            // Whatever has become of the request: another connection begins anew.
            _isBroken = true;
            _changed();
            throw new FetchException(FetchReasons.Unreachable, "the hub has not answered within a minute");
        }
        catch (MqttCommunicationException e)
        {
            throw new FetchException(FetchReasons.Unreachable, e.GetBaseException().Message);
        }
    }

    private Task ReceiveAsync(MqttApplicationMessageReceivedEventArgs received)
    {
        var topic = received.ApplicationMessage.Topic;
        if (topic.StartsWith(Desired, StringComparison.Ordinal))
        {
            // The whole twin is read then: patches may be lost, merged, or come twice.
            _changed();
        }
        else if (_methods is not null && topic.StartsWith(Methods, StringComparison.Ordinal) && topic[Methods.Length..].Split('/') is [var name, ['?', ..] bag]
            && PropertyBag.Parse(bag[1..]).FirstOrDefault(p => p.Key == "$rid").Value is { } call)
        {
            // Beside the reading: a method may take minutes, and read the twin.
            var asked = new MethodCall(name, received.ApplicationMessage.Payload.ToArray());
            _ = Task.Run(() => AnswerAsync(_methods, asked, call));
        }
        else if (topic.StartsWith(Results, StringComparison.Ordinal) && topic[Results.Length..].Split('/') is [var status, var query]
            && int.TryParse(status, out var number) && PropertyBag.Parse(query).FirstOrDefault(p => p.Key == "$rid").Value is { } request)
        {
            _requests.Answer(request, (number, Encoding.UTF8.GetString(received.ApplicationMessage.Payload)));
        }

        return Task.CompletedTask;
    }

    private async Task AnswerAsync(MethodHandler methods, MethodCall call, string request)
    {
        if (!await _calls.WaitAsync(TimeSpan.Zero))
        {
            await SendAsync(new(TooManyRequests, default), request);
            return;
        }

        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(_ended.Token);
            limit.CancelAfter(CallTimeout);
            var result = await methods(call, limit.Token);
            await SendAsync(result, request);
            if (result.Afterwards is { } next)
                await next(CancellationToken.None);
        }
        catch (OperationCanceledException)
        {
            // Nobody waits for the answer any more.
        }
        finally
        {
            _calls.Release();
        }
    }

    private async Task SendAsync(MethodResult result, string request)
    {
        try
        {
            await _client.PublishBinaryAsync($"$iothub/methods/res/{result.Status}/?$rid={request}", result.Payload.ToArray(), cancellationToken: _ended.Token);
        }
        catch (Exception e) when (e is MqttCommunicationException or OperationCanceledException or InvalidOperationException)
        {
            // Nobody waits for the answer any more.
        }
    }
}
