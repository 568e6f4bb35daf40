using System.Collections.Immutable;
using System.Net.WebSockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using EdgeOperator.Agent.Storage;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.Protocol.Hub;
using EdgeOperator.Core.Twins;
using EdgeOperator.Git;
using EdgeOperator.Git.Tree;

namespace EdgeOperator.Agent.Sources.Twin;

/// <summary>
/// A device's twin on a hub: the manifests in its desired properties, and the deployment in those of <c>$edgeAgent</c>. The
/// connections stay open; a change has the source polled at once, a connection's end after a moment.
/// </summary>
internal sealed class TwinSource : ISource, IAsyncDisposable
{
    // Both before a token ends, and often enough that a certificate is renewed in time.
    private static readonly TimeSpan RenewAfter = TwinCredentials.TokenLife * 0.8;

    // So that the devices of a hub that was restarted do not all come at once, nor two with one identity at the pace of the network.
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private const string EdgeAgent = "$edgeAgent";

    private readonly TwinSourceConfiguration _configuration;
    private readonly TwinCredentials _credentials;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _using = new(1, 1);
    private readonly TwinFarewell _farewell;
    private readonly KeptPins _pins;
    private readonly ArtifactCache _artifacts;
    private volatile Action _changed = () => { };
    private TwinConnection? _device;
    private TwinConnection? _edgeAgent;
    private long _connectedAt;
    private readonly ReportedProperties _report = new();
    private readonly ReportedProperties _edgeAgentReport = new();
    private JsonObject? _edgeAgentDesired;
    private volatile bool _takesSnapshots;
    private readonly OutdatedDownload _downloading = new();

    /// <param name="stateFolder">Where the key and certificate of an enrolled device are kept.</param>
    /// <param name="pins">What the twin says of the device's other sources.</param>
    public TwinSource(TwinSourceConfiguration configuration, string stateFolder, SourcePins pins, TimeProvider time)
    {
        _pins = new(pins, configuration.Name, stateFolder);
        _pins.Load();
        (_configuration, _time) = (configuration, time);
        _credentials = new(configuration, stateFolder, time);
        _farewell = new(configuration, stateFolder);
        _artifacts = new(Path.Combine(stateFolder, "artifacts"));
    }

    /// <summary>Answers direct methods; null for none. It is looked at when a connection is opened.</summary>
    public MethodHandler? Methods { get; set; }

    public string Hub => _configuration.Hub;

    public SourceConfiguration Configuration => _configuration;

    public (string Kind, string Location) Description => Describe(_configuration);

    public static (string Kind, string Location) Describe(TwinSourceConfiguration configuration) => ("twin", $"{configuration.Hub}/{configuration.DeviceId}");

    public async Task<FetchResult> FetchAsync(FetchRequest request, CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                var (files, artifacts) = await ReadTwinAsync(cancellation);
                var id = IdOf(files);
                if (id == request.Known)
                    return new FetchResult.Unchanged();

                // Not while the connection is held: a report need not wait for a download.
                if (await FetchArtifactsAsync(artifacts, request.Progressed ?? (() => { }), cancellation) is { } delivered)
                    return new FetchResult.Fetched(new(_configuration.Name, id, Display(id, artifacts), [.. files, .. delivered]));
            }
        }
        catch (FetchException e)
        {
            return FetchResult.Of(e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new FetchResult.Failed(StorageException.Reason, e.Message);
        }
    }

    public Task WatchAsync(Action changed, CancellationToken cancellation)
    {
        _changed = () =>
        {
            _downloading.Outdate();
            changed();
        };
        return Task.Delay(Timeout.InfiniteTimeSpan, _time, cancellation);
    }

    /// <summary>Whether the hub is there, and has said that it takes snapshots of the device.</summary>
    public bool TakesSnapshots => _takesSnapshots && _device is { IsOpen: true };

    /// <summary>Sends the hub a snapshot of the device.</summary>
    /// <param name="body">Gzipped.</param>
    /// <exception cref="FetchException">The hub can't be reached, or does not take it.</exception>
    public async Task SendSnapshotAsync(byte[] body, CancellationToken cancellation)
    {
        var login = await _credentials.DeviceAsync(cancellation);
        using var hub = new HubRequests(login, _configuration.HttpsPort);
        var status = await hub.SendPackedAsync(HttpMethod.Put, HubPaths.Snapshot(login.DeviceId), body, login.Certificate is null ? login.Password : null, cancellation);
        if (status != 204)
            throw new FetchException(FetchReasons.Refused, $"the hub answered {status} when it was sent a snapshot");
    }

    /// <summary>Sends the hub how busy and how full the device is. A message that gets lost is none that anybody waits for.</summary>
    public async Task SendFiguresAsync(byte[] json, CancellationToken cancellation)
    {
        await _using.WaitAsync(cancellation);
        try
        {
            if (_device is { IsOpen: true } device)
                await device.SendAsync(HubMessages.HostFigures, json, cancellation);
        }
        catch (FetchException)
        {
            // The next one will do.
        }
        finally
        {
            _using.Release();
        }
    }

    /// <summary>Whether the hub has what was reported last.</summary>
    public bool IsReported => _device is { IsOpen: true } && _report.IsKnown;

    /// <summary>Reports what has changed since the last report; when the hub can't be reached, the next report has it too.</summary>
    /// <param name="isPickedUp">What the twin desires is in the revision that the status names as desired.</param>
    /// <returns>Whether the hub has it.</returns>
    public async Task<bool> ReportAsync(DeviceStatus status, bool isPickedUp, CancellationToken cancellation)
    {
        await _using.WaitAsync(cancellation);
        try
        {
            if (_device is not { IsOpen: true } device)
                return false;
            var isTaken = await _report.SendAsync(TwinReport.Of(status), patch => device.ReportAsync(new() { ["edgeoperator"] = patch }, cancellation));
            if (_edgeAgent is not { IsOpen: true } edgeAgent || _edgeAgentDesired is not { } desired)
                return isTaken;
            var report = EdgeAgentReport.Of(desired, status, isPickedUp, RuntimeInformation.OSDescription, RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant());
            return await _edgeAgentReport.SendAsync(report, patch => edgeAgent.ReportAsync(patch, cancellation)) && isTaken;
        }
        catch (FetchException)
        {
            return false;
        }
        finally
        {
            _using.Release();
        }
    }

    /// <summary>Opens a WebSocket to the hub, as the device.</summary>
    /// <param name="path">Below <c>/</c>.</param>
    /// <exception cref="FetchException">The device has no credentials.</exception>
    /// <exception cref="WebSocketException">The hub can't be reached, or does not accept it.</exception>
    public async Task<WebSocket> OpenSocketAsync(string path, CancellationToken cancellation)
    {
        var login = await _credentials.DeviceAsync(cancellation);
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.KeepAliveInterval = TimeSpan.FromSeconds(30);
            socket.Options.KeepAliveTimeout = TimeSpan.FromSeconds(60);
            if (login.Certificate is null)
                socket.Options.SetRequestHeader("Authorization", login.Password);
            using var client = new HttpMessageInvoker(HubRequests.Handler(login));
            await socket.ConnectAsync(new($"wss://{login.Host}:{_configuration.HttpsPort}/{path}"), client, cancellation);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Lets go of the identity that the device has enrolled for, and connects to the hub no more.</summary>
    /// <param name="by">Who has asked for it.</param>
    /// <exception cref="IOException">It can't be removed.</exception>
    public void LetGo(string by)
    {
        _farewell.Say(by, _time.GetUtcNow());
        _credentials.Forget();
    }

    /// <summary>Ends the connections, and has the source polled, which says then that there will be none.</summary>
    public async Task LeaveAsync(CancellationToken cancellation)
    {
        await _using.WaitAsync(cancellation);
        try
        {
            await DisconnectAsync();
        }
        finally
        {
            _using.Release();
        }

        _changed();
    }

    /// <summary>Says goodbye to the hub, so that it knows at once that the device is gone.</summary>
    public async ValueTask DisposeAsync() => await LeaveAsync(CancellationToken.None);

    /// <returns>What the twin itself holds, with a list of the artifacts that it names, and those.</returns>
    private async Task<(ImmutableArray<ManifestFile> Files, ImmutableArray<TwinArtifact> Artifacts)> ReadTwinAsync(CancellationToken cancellation)
    {
        await _using.WaitAsync(cancellation);
        try
        {
            _farewell.Check();
            await ConnectAsync(cancellation);
            var (desired, reported) = await _device!.ReadAsync(cancellation);
            _report.Begin(reported["edgeoperator"] as JsonObject ?? []);
            _takesSnapshots = TwinHub.TakesSnapshots(desired);
            var edgeAgent = await ReadEdgeAgentAsync(cancellation);
            var (sources, problem) = TwinSources.Of(desired);
            if (problem is not null)
                throw new FetchException("InvalidTwin", problem);
            _pins.Set(sources.Commits);
            var files = TwinManifests.Of(desired, edgeAgent);
            return (sources.Artifacts.IsEmpty ? files : files.Add(TwinDelivery.IndexOf(sources.Artifacts)), sources.Artifacts);
        }
        finally
        {
            _using.Release();
        }
    }

    /// <returns>Null when the twin has changed meanwhile.</returns>
    private async Task<ImmutableArray<ManifestFile>?> FetchArtifactsAsync(ImmutableArray<TwinArtifact> artifacts, Action progressed, CancellationToken cancellation)
    {
        _artifacts.Retain(artifacts);
        var files = ImmutableArray.CreateBuilder<ManifestFile>();
        foreach (var artifact in artifacts)
        {
            if (_artifacts.Read(artifact) is not { } content)
            {
                if (!await DownloadAsync(artifact, progressed, cancellation))
                    return null;
                content = _artifacts.Read(artifact) ?? throw new FetchException(FetchReasons.Corrupt, $"the artifact {artifact.Name} ({artifact.Revision}) has changed on the disk");
            }

            files.AddRange(TwinDelivery.Placed(artifact, content));
        }

        // Each may be as large as a source; together they are one.
        if (files.Sum(f => (long)f.Content.Length) is var size && size > SourceLimits.Default.MaxTotalSize)
            throw new FetchException(FetchReasons.Refused, $"the artifacts have {size} bytes together, and at most {SourceLimits.Default.MaxTotalSize} are accepted");
        return files.ToImmutable();
    }

    private async Task<bool> DownloadAsync(TwinArtifact artifact, Action progressed, CancellationToken cancellation)
    {
        var login = await _credentials.DeviceAsync(cancellation);
        using var download = new ArtifactDownload(_artifacts, login, _configuration.HttpsPort, progressed);
        return await _downloading.RunAsync(outdated => download.RunAsync(artifact, outdated), cancellation);
    }

    private string Display(string id, ImmutableArray<TwinArtifact> artifacts) =>
        artifacts is [var only] ? $"{only.Name}@{(only.Revision.Length > 12 && only.Revision.All(char.IsAsciiHexDigit) ? only.Revision[..7] : only.Revision)}" : $"{_configuration.Name}@{id[..7]}";

    private async Task<JsonObject?> ReadEdgeAgentAsync(CancellationToken cancellation)
    {
        if (_edgeAgent is null)
            return _edgeAgentDesired = null;
        var (desired, reported) = await _edgeAgent.ReadAsync(cancellation);
        reported.Remove("$version");
        _edgeAgentReport.Begin(reported);
        return _edgeAgentDesired = desired;
    }

    private async Task ConnectAsync(CancellationToken cancellation)
    {
        if (_device is { IsOpen: true } && _edgeAgent is null or { IsOpen: true } && _time.GetElapsedTime(_connectedAt) < RenewAfter)
            return;
        await DisconnectAsync();
        var login = await _credentials.DeviceAsync(cancellation);
        try
        {
            _device = await TwinConnection.OpenAsync(login, () => _changed(), ReconnectSoon, Methods, cancellation);
        }
        catch (FetchException e) when (e.Reason == FetchReasons.AuthenticationFailed)
        {
            _credentials.Refused();
            throw;
        }

        if (await _credentials.ModuleAsync(login, EdgeAgent, cancellation) is { } module)
            _edgeAgent = await TwinConnection.OpenAsync(module, () => _changed(), ReconnectSoon, methods: null, cancellation);

        _connectedAt = _time.GetTimestamp();

        // The hub may have been restored from a backup, or the device been made anew.
        _report.Forget();
        _edgeAgentReport.Forget();
    }

    private void ReconnectSoon() => _ = ReconnectSoonAsync();

    private async Task ReconnectSoonAsync()
    {
        await Task.Delay(ShortestPause + ((LongestPause - ShortestPause) * Random.Shared.NextDouble()), _time);
        _changed();
    }

    private async Task DisconnectAsync()
    {
        foreach (var connection in (TwinConnection?[])[_edgeAgent, _device])
            if (connection is not null)
                await connection.DisposeAsync();
        (_edgeAgent, _device) = (null, null);
    }

    private static string IdOf(ImmutableArray<ManifestFile> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
        {
            // Lengths first, so that no two sets of files read the same.
            hash.AppendData(Encoding.UTF8.GetBytes($"{file.Path}\0{file.Content.Length}\0"));
            hash.AppendData(file.Content.Span);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..40];
    }
}
