using System.Diagnostics;
using System.Globalization;

namespace EdgeOperator.Testing;

/// <summary>
/// A real Docker engine of its own: data, socket, bridge and address pool apart from any other engine on the machine,
/// no firewall rules (published ports go through Docker's userland proxy). Needs root, dockerd and ip.
/// </summary>
public sealed class PrivateEngine : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly PrivateNetwork _network;
    private readonly string[] _options;
    private GuardedProcess? _process;

    private PrivateEngine(PrivateNetwork network, string[] options)
    {
        _network = network;
        _options = options;
        Http = UnixHttp.Client(SocketPath, "http://engine/v1.41/");
    }

    public string SocketPath => _folder.File("docker.sock");

    /// <summary>As it stands in <c>agent.yaml</c> and in <c>DOCKER_HOST</c>.</summary>
    public string Socket => $"unix://{SocketPath}";

    /// <summary>For raw requests, such as <c>containers/json?all=1</c>.</summary>
    public HttpClient Http { get; }

    /// <summary>What the engine has printed so far.</summary>
    public string Log => _process?.Log ?? "";

    /// <param name="options">Further options of dockerd.</param>
    public static async Task<PrivateEngine> StartAsync(params string[] options)
    {
        var engine = new PrivateEngine(await PrivateNetwork.AddAsync(withAddress: true), options);
        try
        {
            await engine.StartAgainAsync();
            return engine;
        }
        catch
        {
            await engine.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the engine after <see cref="StopAsync"/> or <see cref="Kill"/>, with the same data and socket.</summary>
    public async Task StartAgainAsync()
    {
        if (_process is not null)
        {
            await _process.StopAsync();
        }

        // After a crash: where nobody reaps orphans, a dead containerd looks alive to dockerd.
        File.Delete(_folder.File("pid"));
        File.Delete(_folder.File("exec/containerd/containerd.pid"));
        var process = _process = GuardedProcess.Start(
            _folder.File("log"),
            Cleanup,
            [
                "dockerd",
                "--data-root", _folder.File("data"),
                "--exec-root", _folder.File("exec"),
                "--host", Socket,
                "--pidfile", _folder.File("pid"),
                "--bridge", _network.Bridge,
                "--default-address-pool", $"base={_network.Pool},size=26",
                "--iptables=false",
                "--ip6tables=false",
                "--ip-masq=false",
                "--max-concurrent-downloads", "10",
                .. _options,
            ]);
        await Eventually.SucceedsAsync(async () =>
        {
            if (process.IsRunning)
            {
                (await Http.GetAsync(new Uri("_ping", UriKind.Relative))).EnsureSuccessStatusCode();
            }
        });
        if (!process.IsRunning)
        {
            throw new InvalidOperationException($"dockerd did not start:\n{process.Log}");
        }
    }

    /// <summary>Stops the engine and its containers; the data stays.</summary>
    public async Task StopAsync()
    {
        await KillContainersAsync();
        await _process!.StopAsync();
    }

    /// <summary>Stops the engine as the service manager does: it stops the containers, and starts again those that are to restart.</summary>
    public Task StopGentlyAsync() => _process!.StopAsync();

    /// <summary>Ends the engine as a crash would.</summary>
    public void Kill() => _process!.Kill();

    /// <summary>Ends the engine's containerd as a crash would; the engine starts another one.</summary>
    /// <returns>Whether there was one.</returns>
    public bool KillContainerd()
    {
        try
        {
            using var containerd = Process.GetProcessById(int.Parse(File.ReadAllText(_folder.File("exec/containerd/containerd.pid")), CultureInfo.InvariantCulture));
            containerd.Kill();
            return true;
        }
        catch (Exception e) when (e is IOException or FormatException or ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    public bool IsRunning => _process?.IsRunning == true;

    public async ValueTask DisposeAsync()
    {
        await KillContainersAsync();
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
        else
        {
            await _network.RemoveAsync();
        }

        Http.Dispose();
        _folder.Dispose();
    }

    // Containers that ignore SIGTERM would delay the engine's stop by ten seconds.
    private async Task KillContainersAsync()
    {
        if (_process?.IsRunning != true)
        {
            return;
        }

        try
        {
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            var containers = await Http.GetStringAsync(new Uri("containers/json", UriKind.Relative), deadline.Token);
            await Task.WhenAll(EngineJson.Ids(containers).Select(id =>
                Http.DeleteAsync(new Uri($"containers/{id}?force=1", UriKind.Relative), deadline.Token)));
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            // The engine hangs or is gone; the guard ends it.
        }
    }

    /// <summary>After a clean stop only bridges are left; after a crash also shims, containers and mounts.</summary>
    private string Cleanup => $$"""
        for cmdline in $(grep -al -- {{_folder}}/exec /proc/[0-9]*/cmdline 2>/dev/null); do
            shim=$(dirname $cmdline)
            [ "$(cat $shim/comm 2>/dev/null)" = containerd-shim ] || continue
            kill -9 $(cat $shim/task/*/children) ${shim#/proc/} 2>/dev/null
        done
        {{_network.Cleanup}}
        grep ' {{_folder}}/' /proc/mounts | cut -d' ' -f2 | sort -r | xargs -r umount -l
        rm -rf {{_folder}}
        """;
}
