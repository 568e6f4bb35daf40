using System.Globalization;

namespace EdgeOperator.Testing;

/// <summary>A PostgreSQL server of its own on loopback, which needs Debian's <c>postgresql</c>. It refuses to run as root, so it runs as the package's user then.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private const string User = "edgeop";
    private const string Password = "a password of this server alone";

    private readonly TempFolder _folder = new("pg");
    private GuardedProcess? _process;
    private int _databases;

    private PostgresServer()
    {
    }

    /// <summary>Where <c>pg_dump</c> and all else is.</summary>
    public static string Programs { get; } = Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").OrderByDescending(v => int.Parse(Path.GetFileName(v), CultureInfo.InvariantCulture)).Select(v => Path.Combine(v, "bin")).First(d => File.Exists(Path.Combine(d, "initdb")))
        : throw new InvalidOperationException("PostgreSQL is not installed: tests/deps.sh postgres");

    public int Port { get; } = FreePort.Next();

    public string PasswordFile => Path.Combine(_folder, "password");

    public string Log => _process?.Log ?? "";

    /// <param name="isDurable">Whether what is committed survives a crash of the machine, as it does where it is used.</param>
    public static async Task<PostgresServer> StartAsync(bool isDurable = false)
    {
        var server = new PostgresServer();
        server._folder.Write("password", Password);
        if (Environment.IsPrivilegedProcess)
            await Shell.RunAsync("chown", "-R", "postgres:postgres", server._folder);
        await Shell.RunAsync("env", AsUser("initdb", "--pgdata", server.Data, "--username", User, "--auth", "scram-sha-256", "--pwfile", server.PasswordFile, "--encoding", "UTF8", "--locale", "C", "--no-sync"));
        await File.AppendAllTextAsync(Path.Combine(server.Data, "postgresql.conf"), $"\nfsync = {(isDurable ? "on" : "off")}\nshared_buffers = 64MB\n");
        await server.StartProcessAsync();
        return server;
    }

    /// <summary>Starts it again after <see cref="StopAsync"/>.</summary>
    public async Task StartProcessAsync()
    {
        var log = Path.Combine("/tmp", $"pg-{Guid.NewGuid():N}.log");
        _process = GuardedProcess.Start(log, $"rm -f {log}", ["env", .. AsUser(
            "postgres", "-D", Data, "-c", "listen_addresses=127.0.0.1", "-c", $"port={Port}", "-c", $"unix_socket_directories={_folder.Path}", "-c", "max_connections=200")]);
        await Eventually.SucceedsAsync(() => Shell.RunAsync(Path.Combine(Programs, "pg_isready"), "-q", "-h", "127.0.0.1", "-p", Port.ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>Ends it at once, with every connection.</summary>
    public async Task StopAsync()
    {
        // SIGTERM would wait for clients to leave.
        await Shell.RunAsync("kill", "-INT", _process!.Id.ToString(CultureInfo.InvariantCulture));
        await Eventually.TrueAsync("the server has stopped", () => !_process.IsRunning);
        await _process.StopAsync();
    }

    /// <returns>The name of a new database.</returns>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"hub{Interlocked.Increment(ref _databases)}";
        await RunAsync("createdb", name);
        return name;
    }

    public string ConnectionString(string database) => $"Host=127.0.0.1;Port={Port};Database={database};Username={User};Password={Password}";

    /// <summary>As in the hub's own file.</summary>
    public string Configuration(string database) => $"storage: {{postgresql: {{host: 127.0.0.1, port: {Port}, database: {database}, user: {User}, passwordFile: {PasswordFile}, tls: disable}}}}";

    /// <summary>Runs one of PostgreSQL's programs as the server's owner.</summary>
    /// <returns>What it printed.</returns>
    public Task<string> RunAsync(string program, params string[] arguments) => Shell.RunAsync(
        "env", [$"PGPASSWORD={Password}", "PGHOST=127.0.0.1", $"PGPORT={Port}", $"PGUSER={User}", Path.Combine(Programs, program), .. arguments]);

    public async ValueTask DisposeAsync()
    {
        if (_process is { IsRunning: true })
            await StopAsync();
        if (_process is not null)
            await _process.DisposeAsync();
        _folder.Dispose();
    }

    private string Data => Path.Combine(_folder, "data");

    private static string[] AsUser(string program, params string[] arguments) =>
    [
        "--chdir=/tmp", "LC_ALL=C",
        .. Environment.IsPrivilegedProcess ? (string[])["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] : [],
        Path.Combine(Programs, program), .. arguments,
    ];
}
