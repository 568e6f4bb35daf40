using System.Globalization;
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

/// <param name="RetryAfter">When to ask again, as the service says.</param>
internal sealed record ProvisioningAnswer(JsonObject Body, TimeSpan RetryAfter);

/// <summary>A connection to a Device Provisioning Service in its own protocol over MQTT, as Azure's SDKs speak it (API version 2019-03-31).</summary>
internal sealed class ProvisioningConnection : IAsyncDisposable
{
    private const string Results = "$dps/registrations/res/";
    private static readonly TimeSpan DefaultRetry = TimeSpan.FromSeconds(2);

    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly PendingRequests<(int Status, string? RetryAfter, string Body)> _requests = new(TimeProvider.System);
    private readonly string _host;

    private ProvisioningConnection(string host)
    {
        _host = host;
        _client.ApplicationMessageReceivedAsync += ReceiveAsync;
        _client.DisconnectedAsync += _ =>
        {
            _requests.Fail(new(FetchReasons.Unreachable, $"{host} has closed the connection"));
            return Task.CompletedTask;
        };
    }

    /// <param name="login">The device's name is its registration id.</param>
    /// <exception cref="FetchException">The service can't be reached, or does not accept the device.</exception>
    public static async Task<ProvisioningConnection> OpenAsync(TwinLogin login, string idScope, CancellationToken cancellation)
    {
        var connection = new ProvisioningConnection(login.Host);
        var userName = $"{idScope}/registrations/{login.DeviceId}/api-version=2019-03-31&ClientVersion={Uri.EscapeDataString($"EdgeOperator/{AgentVersion.Number}")}";
        try
        {
            await MqttLogin.ConnectAsync(connection._client, login, login.DeviceId, userName, isClean: true, cancellation);
            await connection._client.SubscribeAsync(new MqttClientSubscribeOptionsBuilder().WithTopicFilter($"{Results}#", MqttQualityOfServiceLevel.AtLeastOnce).Build(), cancellation);
            return connection;
        }
        catch (MqttCommunicationException e)
        {
            await connection.DisposeAsync();
            throw new FetchException(FetchReasons.Unreachable, $"{login.Host}: {e.GetBaseException().Message}");
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <param name="topic">Below <c>$dps/registrations/</c>; <c>{0}</c> is the request's id.</param>
    /// <exception cref="FetchException">The service refuses, or can't be reached.</exception>
    public async Task<ProvisioningAnswer> RequestAsync(string topic, JsonObject? body, CancellationToken cancellation)
    {
        try
        {
            var (status, retryAfter, text) = await _requests.SendAsync(
                request => _client.PublishStringAsync(
                    $"$dps/registrations/{topic.Replace("{0}", request, StringComparison.Ordinal)}", body?.ToJsonString() ?? " ", MqttQualityOfServiceLevel.AtLeastOnce, cancellationToken: cancellation),
                cancellation);
            return status < 300
                ? new(StrictJson.Parse(Encoding.UTF8.GetBytes(text)) as JsonObject ?? [], RetryOf(retryAfter))
                : throw new FetchException(status == 401 ? FetchReasons.AuthenticationFailed : FetchReasons.Refused, $"{_host} answered {status}: {text}");
        }
        catch (TimeoutException)
        {
            throw new FetchException(FetchReasons.Unreachable, $"{_host} has not answered within a minute");
        }
        catch (JsonException)
        {
            throw new FetchException(FetchReasons.Corrupt, $"{_host} answered what is not JSON");
        }
        catch (MqttCommunicationException e)
        {
            throw new FetchException(FetchReasons.Unreachable, $"{_host}: {e.GetBaseException().Message}");
        }
    }

    public async ValueTask DisposeAsync() => await MqttLogin.DisconnectAsync(_client);

    private Task ReceiveAsync(MqttApplicationMessageReceivedEventArgs received)
    {
        // $dps/registrations/res/202/?$rid=…&retry-after=3
        var topic = received.ApplicationMessage.Topic;
        if (topic.StartsWith(Results, StringComparison.Ordinal) && topic[Results.Length..].Split('/') is [var status, ['?', ..] bag] && int.TryParse(status, out var number))
        {
            var properties = PropertyBag.Parse(bag[1..]);
            if (properties.FirstOrDefault(p => p.Key == "$rid").Value is { } request)
                _requests.Answer(request, (number, properties.FirstOrDefault(p => p.Key == "retry-after").Value, Encoding.UTF8.GetString(received.ApplicationMessage.Payload)));
        }

        return Task.CompletedTask;
    }

    private static TimeSpan RetryOf(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 3600 ? TimeSpan.FromSeconds(seconds) : DefaultRetry;
}
