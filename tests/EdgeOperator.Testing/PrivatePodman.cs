namespace EdgeOperator.Testing;

/// <summary>
/// A real Podman service of its own behind its Docker-compatible socket: storage, networks and socket apart from any
/// other's. Needs root, podman and ip. Where there is no systemd, Podman runs no health checks by itself.
/// </summary>
public sealed class PrivatePodman : IAsyncDisposable
{
    private readonly TempFolder _folder = new("pod");
    private readonly PrivateNetwork _network;
    private GuardedProcess? _process;

    private PrivatePodman(PrivateNetwork network)
    {
        _network = network;
        Http = UnixHttp.Client(SocketPath, "http://engine/v1.41/");
    }

    public string SocketPath => _folder.File("podman.sock");

    /// <summary>As it stands in <c>agent.yaml</c> and in <c>DOCKER_HOST</c>.</summary>
    public string Socket => $"unix://{SocketPath}";

    /// <summary>For raw requests; <c>/v4.0.0/libpod/…</c> reaches Podman's own API.</summary>
    public HttpClient Http { get; }

    /// <param name="registry">The address of a registry that speaks plain HTTP.</param>
    public static async Task<PrivatePodman> StartAsync(string registry)
    {
        var podman = new PrivatePodman(await PrivateNetwork.AddAsync(withAddress: false));
        try
        {
            await podman.StartServiceAsync(registry);
            return podman;
        }
        catch
        {
            await podman.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        Http.Dispose();
        _folder.Dispose();
    }

    private string[] Podman =>
    [
        "env", $"CONTAINERS_CONF={_folder}/containers.conf", $"CONTAINERS_REGISTRIES_CONF={_folder}/registries.conf",
        "podman", "--root", $"{_folder}/root", "--runroot", $"{_folder}/run",
    ];

    // Podman's containers outlive its service.
    private string Cleanup => $"""
        {string.Join(' ', Podman)} rm --force --all --time 0 >/dev/null 2>&1
        {_network.Cleanup}
        grep ' {_folder}/' /proc/mounts | cut -d' ' -f2 | sort -r | xargs -r umount -l
        rm -rf {_folder}
        """;

    private async Task StartServiceAsync(string registry)
    {
        // Podman's own default for open files is above what a sandbox may allow.
        _folder.Write("containers.conf", $$"""
            [containers]
            default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
            [engine]
            cgroup_manager = "cgroupfs"
            events_logger = "file"
            tmp_dir = "{{_folder}}/tmp"
            [network]
            network_config_dir = "{{_folder}}/networks"
            default_subnet = "{{_network.First}}"
            default_subnet_pools = [{"base" = "{{_network.Pool}}", "size" = 26}]
            """);
        _folder.Write("registries.conf", $"""
            unqualified-search-registries = ["docker.io"]
            [[registry]]
            location = "{registry}"
            insecure = true
            """);
        var process = _process = GuardedProcess.Start(
            _folder.File("log"), Cleanup, [.. Podman, "system", "service", "--time=0", Socket]);
        await Eventually.SucceedsAsync(async () =>
        {
            if (process.IsRunning)
            {
                (await Http.GetAsync(new Uri("_ping", UriKind.Relative))).EnsureSuccessStatusCode();
            }
        });
        if (!process.IsRunning)
        {
            throw new InvalidOperationException($"podman did not start:\n{process.Log}");
        }
    }
}
