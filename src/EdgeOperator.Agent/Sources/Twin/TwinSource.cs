using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Twins;

namespace EdgeOperator.Agent.Sources.Twin;

/// <summary>
/// A device's twin on a hub: the manifests in its desired properties, and the deployment in those of <c>$edgeAgent</c>. The
/// connections stay open; a change, and a connection's end, have the source polled at once.
/// </summary>
internal sealed class TwinSource : ISource, IAsyncDisposable
{
    // Both before a token ends, and often enough that a certificate is renewed in time.
    private static readonly TimeSpan RenewAfter = TwinCredentials.TokenLife * 0.8;

    private const string EdgeAgent = "$edgeAgent";

    private readonly TwinSourceConfiguration _configuration;
    private readonly TwinCredentials _credentials;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _using = new(1, 1);
    private readonly TwinFarewell _farewell;
    private volatile Action _changed = () => { };
    private TwinConnection? _device;
    private TwinConnection? _edgeAgent;
    private long _connectedAt;
    private JsonObject? _reported;

    /// <param name="stateFolder">Where the key and certificate of an enrolled device are kept.</param>
    public TwinSource(TwinSourceConfiguration configuration, string stateFolder, TimeProvider time)
    {
        (_configuration, _time) = (configuration, time);
        _credentials = new(configuration, stateFolder, time);
        _farewell = new(configuration, stateFolder);
    }

    /// <summary>Answers direct methods; null for none. It is looked at when a connection is opened.</summary>
    public MethodHandler? Methods { get; set; }

    public string Hub => _configuration.Hub;

    public SourceConfiguration Configuration => _configuration;

    public (string Kind, string Location) Description => Describe(_configuration);

    public static (string Kind, string Location) Describe(TwinSourceConfiguration configuration) => ("twin", $"{configuration.Hub}/{configuration.DeviceId}");

    public async Task<FetchResult> FetchAsync(FetchRequest request, CancellationToken cancellation)
    {
        await _using.WaitAsync(cancellation);
        try
        {
            _farewell.Check();
            await ConnectAsync(cancellation);
            var desired = await _device!.ReadDesiredAsync(cancellation);
            var edgeAgent = _edgeAgent is null ? null : await _edgeAgent.ReadDesiredAsync(cancellation);
            var files = TwinManifests.Of(desired, edgeAgent);
            var id = IdOf(files);
            return id == request.Known ? new FetchResult.Unchanged() : new FetchResult.Fetched(new(_configuration.Name, id, $"{_configuration.Name}@{id[..7]}", files));
        }
        catch (FetchException e)
        {
            return e.AsResult;
        }
        finally
        {
            _using.Release();
        }
    }

    public Task WatchAsync(Action changed, CancellationToken cancellation)
    {
        _changed = changed;
        return Task.Delay(Timeout.InfiniteTimeSpan, _time, cancellation);
    }

    /// <summary>Reports what has changed since the last report; when the hub can't be reached, the next report has it too.</summary>
    /// <param name="report">The value of <c>properties.reported.edgeoperator</c>.</param>
    /// <returns>Whether the hub has it.</returns>
    public async Task<bool> ReportAsync(JsonObject report, CancellationToken cancellation)
    {
        await _using.WaitAsync(cancellation);
        try
        {
            if (_device is not { IsOpen: true } device)
                return false;
            var patch = _reported is null ? report.DeepClone().AsObject() : TwinMerge.Changes(_reported, report);
            if (patch.Count > 0)
                await device.ReportAsync(new() { ["edgeoperator"] = patch }, cancellation);
            _reported = report;
            return true;
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

    private async Task ConnectAsync(CancellationToken cancellation)
    {
        if (_device is { IsOpen: true } && _edgeAgent is null or { IsOpen: true } && _time.GetElapsedTime(_connectedAt) < RenewAfter)
            return;
        await DisconnectAsync();
        var login = await _credentials.DeviceAsync(cancellation);
        _device = await TwinConnection.OpenAsync(login, () => _changed(), Methods, cancellation);
        if (await _credentials.ModuleAsync(login, EdgeAgent, cancellation) is { } module)
            _edgeAgent = await TwinConnection.OpenAsync(module, () => _changed(), methods: null, cancellation);

        _connectedAt = _time.GetTimestamp();

        // The hub may have been restored from a backup, or the device been made anew.
        _reported = null;
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
