using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using EdgeOperator.Core.Kinds.EdgeModule.Compiling;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Agent.Engine;

/// <summary>The Docker Engine API.</summary>
public sealed class DockerEngine(EngineEndpoint endpoint) : IContainerEngine, IDisposable
{
    private const string EventsOfInterest =
        """{"type":["container","image","network","volume"],"event":["start","die","died","destroy","remove","rename","pause","unpause","health_status","update","oom","connect","disconnect","delete","untag"]}""";

    private static readonly TimeSpan KillAfter = TimeSpan.FromSeconds(10);

    private readonly EngineTransport _transport = new(endpoint);

    public string Endpoint => endpoint.Description;

    public void Dispose() => _transport.Dispose();

    public Task<Version> NegotiateAsync(CancellationToken cancellation) => _transport.NegotiateAsync(cancellation);

    public Task<EngineVersion> VersionAsync(CancellationToken cancellation) =>
        _transport.ReadAsync(HttpMethod.Get, "version", null, EngineJson.Default.EngineVersion, cancellation);

    public Task<EngineInfo> InfoAsync(CancellationToken cancellation) =>
        _transport.ReadAsync(HttpMethod.Get, "info", null, EngineJson.Default.EngineInfo, cancellation);

    public async Task<IReadOnlyList<ContainerSummary>> ListContainersAsync(IEnumerable<string> labels, CancellationToken cancellation)
    {
        var filters = new JsonObject { ["label"] = new JsonArray([.. labels.Select(label => (JsonNode)label)]) };
        return await ReadListAsync($"containers/json?all=1&filters={Escape(filters.ToJsonString())}", EngineJson.Default.BoundedItemsContainerSummary, cancellation);
    }

    public Task<ContainerDetails?> InspectContainerAsync(string container, CancellationToken cancellation) =>
        UnlessMissing(_transport.ReadAsync(HttpMethod.Get, $"containers/{Escape(container)}/json", null, EngineJson.Default.ContainerDetails, cancellation));

    public Task<CreatedContainer> CreateContainerAsync(string name, JsonObject body, CancellationToken cancellation) =>
        _transport.ReadAsync(HttpMethod.Post, $"containers/create?name={Escape(name)}", body, EngineJson.Default.CreatedContainer, cancellation);

    public Task StartContainerAsync(string container, CancellationToken cancellation) =>
        PostAsync($"containers/{Escape(container)}/start", cancellation);

    public Task StopContainerAsync(string container, TimeSpan? timeout, CancellationToken cancellation) =>
        PostAsync($"containers/{Escape(container)}/stop{Seconds(timeout)}", cancellation, timeout);

    public Task RestartContainerAsync(string container, TimeSpan? timeout, CancellationToken cancellation) =>
        PostAsync($"containers/{Escape(container)}/restart{Seconds(timeout)}", cancellation, timeout);

    public Task UpdateContainerAsync(string container, JsonObject settings, CancellationToken cancellation) =>
        _transport.DoAsync(HttpMethod.Post, $"containers/{Escape(container)}/update", settings, EngineTransport.Usual, cancellation);

    public Task UnpauseContainerAsync(string container, CancellationToken cancellation) =>
        PostAsync($"containers/{Escape(container)}/unpause", cancellation);

    public Task RenameContainerAsync(string container, string name, CancellationToken cancellation) =>
        PostAsync($"containers/{Escape(container)}/rename?name={Escape(name)}", cancellation);

    public Task RemoveContainerAsync(string container, bool force, CancellationToken cancellation) =>
        DeleteAsync($"containers/{Escape(container)}?force={(force ? 1 : 0)}", cancellation);

    public async Task CopyLogsAsync(ContainerDetails container, LogOptions options, Stream output, CancellationToken cancellation)
    {
        var path = $"containers/{container.Id}/logs?stdout=1&stderr=1&follow={(options.Follow ? 1 : 0)}&tail={options.Tail?.ToString(CultureInfo.InvariantCulture) ?? "all"}"
            + $"&timestamps={(options.Timestamps ? 1 : 0)}{Moment("since", options.Since)}{Moment("until", options.Until)}";
        using var answer = await _transport.SendAsync(HttpMethod.Get, path, null, EngineTransport.Usual, cancellation);
        await EngineTransport.ReadBodyAsync(
            answer,
            // With a terminal there is one raw stream; without, output and errors come in frames.
            stream => container.Config is { Tty: true } ? stream.CopyToAsync(output, cancellation) : LogFrames.CopyAsync(stream, output, cancellation),
            cancellation);
    }

    /// <summary>Starts a command in a running container.</summary>
    /// <exception cref="EngineException">The container does not run, or the engine refuses.</exception>
    internal async Task<EngineExec> ExecAsync(string container, ExecRequest request, CancellationToken cancellation)
    {
        // Since API 1.42 a terminal has its size from the start; older engines and Podman ignore the field and are sent the size afterwards.
        JsonArray? Size() => request.HasTerminal ? [(JsonNode)(int)request.Size.Rows, (JsonNode)(int)request.Size.Columns] : null;
        var made = await _transport.ReadAsync(
            HttpMethod.Post,
            $"containers/{Escape(container)}/exec",
            new JsonObject
            {
                ["AttachStdin"] = request.HasInput,
                ["AttachStdout"] = true,
                ["AttachStderr"] = true,
                ["Tty"] = request.HasTerminal,
                ["ConsoleSize"] = Size(),
                ["Cmd"] = new JsonArray([.. request.Command.Select(word => (JsonNode)word)]),
            },
            EngineJson.Default.CreatedContainer,
            cancellation);
        return await _transport.StartExecAsync(made.Id, new JsonObject { ["Detach"] = false, ["Tty"] = request.HasTerminal, ["ConsoleSize"] = Size() }, cancellation);
    }

    public async IAsyncEnumerable<EngineEvent?> EventsAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        using var answer = await _transport.SendAsync(
            HttpMethod.Get, $"events?filters={Escape(EventsOfInterest)}", null, EngineTransport.Usual, cancellation);
        yield return null;
        await foreach (var item in EngineTransport.ReadLinesAsync(answer, EngineJson.Default.EngineEvent, Timeout.InfiniteTimeSpan, cancellation))
        {
            yield return item;
        }
    }

    public async Task<IReadOnlyList<ImageSummary>> ListImagesAsync(CancellationToken cancellation) =>
        await ReadListAsync("images/json", EngineJson.Default.BoundedItemsImageSummary, cancellation);

    public Task<ImageSummary?> InspectImageAsync(string image, CancellationToken cancellation) =>
        UnlessMissing(_transport.ReadAsync(HttpMethod.Get, $"images/{EscapeReference(image)}/json", null, EngineJson.Default.ImageSummary, cancellation));

    public async IAsyncEnumerable<PullMessage> PullImageAsync(
        string image, string? auth, TimeSpan idle, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var answer = await _transport.SendAsync(
            HttpMethod.Post,
            $"images/create?{PullQuery(image)}",
            null,
            idle,
            cancellation,
            request =>
            {
                if (auth is not null)
                {
                    request.Headers.Add("X-Registry-Auth", auth);
                }
            });
        await foreach (var message in EngineTransport.ReadLinesAsync(answer, EngineJson.Default.PullMessage, idle, cancellation))
        {
            yield return message;
        }
    }

    public Task TagImageAsync(string image, string repository, string tag, CancellationToken cancellation) =>
        PostAsync($"images/{EscapeReference(image)}/tag?repo={Escape(repository)}&tag={Escape(tag)}", cancellation);

    public Task RemoveImageAsync(string image, CancellationToken cancellation) => DeleteAsync($"images/{EscapeReference(image)}", cancellation);

    public async Task<IReadOnlyList<NetworkSummary>> ListNetworksAsync(CancellationToken cancellation) =>
        await ReadListAsync("networks", EngineJson.Default.BoundedItemsNetworkSummary, cancellation);

    public Task CreateNetworkAsync(string name, IReadOnlyDictionary<string, string> labels, CancellationToken cancellation) =>
        _transport.DoAsync(
            HttpMethod.Post,
            "networks/create",
            new JsonObject { ["Name"] = name, ["Driver"] = "bridge", ["CheckDuplicate"] = true, ["Labels"] = Labels(labels) },
            EngineTransport.Usual,
            cancellation);

    public Task RemoveNetworkAsync(string name, CancellationToken cancellation) => DeleteAsync($"networks/{Escape(name)}", cancellation);

    public Task ConnectNetworkAsync(string network, string container, JsonNode? endpoint, CancellationToken cancellation) =>
        _transport.DoAsync(
            HttpMethod.Post,
            $"networks/{Escape(network)}/connect",
            new JsonObject { ["Container"] = container, ["EndpointConfig"] = endpoint?.DeepClone() },
            EngineTransport.Usual,
            cancellation);

    public Task DisconnectNetworkAsync(string network, string container, CancellationToken cancellation) =>
        _transport.DoAsync(
            HttpMethod.Post,
            $"networks/{Escape(network)}/disconnect",
            new JsonObject { ["Container"] = container, ["Force"] = true },
            EngineTransport.Usual,
            cancellation);

    public async Task<IReadOnlyList<VolumeSummary>> ListVolumesAsync(CancellationToken cancellation) =>
        (await ReadListAsync("volumes", EngineJson.Default.VolumeList, cancellation)).Volumes ?? [];

    public Task CreateVolumeAsync(string name, IReadOnlyDictionary<string, string> labels, CancellationToken cancellation) =>
        _transport.DoAsync(
            HttpMethod.Post, "volumes/create", new JsonObject { ["Name"] = name, ["Labels"] = Labels(labels) }, EngineTransport.Usual, cancellation);

    private Task<T> ReadListAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellation) =>
        _transport.ReadAsync(HttpMethod.Get, path, null, type, cancellation, EngineTransport.LargestList);

    private Task PostAsync(string path, CancellationToken cancellation, TimeSpan? timeout = null) =>
        _transport.DoAsync(HttpMethod.Post, path, null, EngineTransport.Usual + (timeout ?? KillAfter), cancellation);

    private Task DeleteAsync(string path, CancellationToken cancellation) =>
        _transport.DoAsync(HttpMethod.Delete, path, null, EngineTransport.Usual, cancellation);

    private static async Task<T?> UnlessMissing<T>(Task<T> read)
        where T : class
    {
        try
        {
            return await read;
        }
        catch (EngineException e) when (e.IsNotFound)
        {
            return null;
        }
    }

    /// <summary>A digest goes where the tag would; the full name spares Podman a guess at the registry.</summary>
    private static string PullQuery(string image) => ImageReference.TryParse(image, out var reference, out _)
        ? $"fromImage={Escape($"{reference.Registry}/{reference.Repository}")}&tag={Escape(reference.Digest ?? reference.Tag!)}"
        : $"fromImage={Escape(image)}";

    /// <summary>In seconds since 1970 with nine decimals, as the API takes it.</summary>
    private static string Moment(string name, DateTimeOffset? moment) => moment is { } given
        ? string.Create(CultureInfo.InvariantCulture, $"&{name}={given.ToUnixTimeSeconds()}.{given.Ticks % TimeSpan.TicksPerSecond * 100:D9}")
        : "";

    private static string Seconds(TimeSpan? timeout) => timeout is { } value ? $"?t={Math.Ceiling(value.TotalSeconds):0}" : "";

    private static JsonObject Labels(IReadOnlyDictionary<string, string> labels) =>
        new(labels.Select(label => KeyValuePair.Create(label.Key, (JsonNode?)label.Value)));

    private static string Escape(string text) => Uri.EscapeDataString(text);

    /// <summary>The engine's routes want the slashes and colons of a reference as they are.</summary>
    private static string EscapeReference(string image) => string.Join('/', image.Split('/').Select(Escape)).Replace("%3A", ":", StringComparison.Ordinal).Replace("%40", "@", StringComparison.Ordinal);
}
