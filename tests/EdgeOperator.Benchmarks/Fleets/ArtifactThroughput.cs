using System.Globalization;
using System.Security.Cryptography;
using EdgeOperator.Benchmarks.Hub;
using EdgeOperator.Testing;

namespace EdgeOperator.Benchmarks.Fleets;

/// <summary>An artifact as a device downloads it, beside the same file from nginx, both over TLS.</summary>
internal static class ArtifactThroughput
{
    private const double Target = 0.7;

    public static async Task<Section> MeasureAsync(BenchOptions options)
    {
        using var folder = new TempFolder("eofa");
        var content = RandomNumberGenerator.GetBytes((options.Quick ? 16 : 200) * 1024 * 1024);
        var file = folder.File("artifact");
        await File.WriteAllBytesAsync(file, content);
        await using var hub = await BenchHub.StartAsync(options, "");
        var hash = Convert.ToHexStringLower(SHA256.HashData(content));
        await hub.PutAsync($"api/v1/artifacts/{hash}", content);
        await using var nginx = await NginxAsync(folder);
        var (ours, theirs) = (new Samples(), new Samples());
        for (var round = 0; round < options.Rounds(30) / 3; round++)
        {
            ours.Add(await SpeedAsync(content.Length, "-H", $"Authorization: {hub.Token()}", $"https://{hub.Host}/api/v1/artifacts/{hash}"));
            theirs.Add(await SpeedAsync(content.Length, $"https://127.0.0.1:{nginx.Port}/artifact"));
        }

        var ratio = ours.Median / theirs.Median;
        return new(
            "Artifacts",
            $"One download of {content.Length / 1024 / 1024} MiB by curl over TLS 1.3 and HTTP/1.1, hub and nginx by turns; the file is in memory.",
            ["server", "median", "slowest"],
            [
                ["edgeop-hub", Speed(ours.Median), Speed(ours.Percentile(0))],
                ["nginx", Speed(theirs.Median), Speed(theirs.Percentile(0))],
            ],
            $"Target: at least {Target.ToString(CultureInfo.InvariantCulture)} times nginx: {Section.Met(ratio >= Target)} ({ratio.ToString("0.00", CultureInfo.InvariantCulture)}).");
    }

    private static string Speed(double bytes) => $"{bytes / 1_000_000:0} MB/s";

    private static async Task<double> SpeedAsync(int size, params string[] arguments)
    {
        var printed = await Shell.RunAsync("curl", ["-sk", "--http1.1", "--tlsv1.3", "-o", "/dev/null", "-w", "%{speed_download} %{size_download}", .. arguments]);
        var parts = printed.Split(' ');
        return long.Parse(parts[1], CultureInfo.InvariantCulture) == size ? double.Parse(parts[0], CultureInfo.InvariantCulture) : throw new InvalidOperationException($"{parts[1]} bytes came, not {size}");
    }

    private static async Task<Served> NginxAsync(TempFolder folder)
    {
        var port = FreePort.Next();
        await Shell.RunAsync("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-keyout", $"{folder}/key", "-out", $"{folder}/cert");
        var configuration = folder.Write("nginx.conf", $$"""
            daemon off; worker_processes auto; pid {{folder}}/pid; error_log stderr warn; user root;
            events { worker_connections 1024; }
            http {
              access_log off; sendfile on;
              client_body_temp_path {{folder}}/body; proxy_temp_path {{folder}}/proxy; fastcgi_temp_path {{folder}}/f; uwsgi_temp_path {{folder}}/u; scgi_temp_path {{folder}}/s;
              server { listen 127.0.0.1:{{port}} ssl; ssl_certificate {{folder}}/cert; ssl_certificate_key {{folder}}/key; ssl_protocols TLSv1.3; root {{folder}}; }
            }
            """);
        var process = GuardedProcess.Start(folder.File("nginx.log"), "", "nginx", "-c", configuration);
        await Eventually.SucceedsAsync(async () => await Shell.RunAsync("curl", "-skf", "-o", "/dev/null", "-r", "0-0", $"https://127.0.0.1:{port}/artifact"));
        return new(port, process);
    }

    private sealed record Served(int Port, GuardedProcess Process) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await Process.DisposeAsync();
    }
}
