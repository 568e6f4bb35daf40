using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using EdgeOperator.Agent.Checks;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;
using EdgeOperator.Testing;

namespace EdgeOperator.Agent.Tests.Checks;

/// <summary>What a look at a device finds, on this machine and at servers of the test's own.</summary>
public sealed class DeviceChecksTests : IDisposable
{
    private static readonly DateTimeOffset Noon = TimeProvider.System.GetUtcNow();

    private readonly TempFolder _folder = new("check");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_device_without_agent_engine_or_sources_says_so_and_what_to_do()
    {
        var report = await RunAsync(Configuration(), null, "nobody listens");

        report.Checks.Should().Contain(c => c.Area == "agent" && c.Verdict == CheckVerdict.Error && c.Message.Contains("nobody listens") && c.Fix!.Contains("systemctl start edgeop"));
        report.Checks.Should().Contain(c => c.Area == "engine" && c.Verdict == CheckVerdict.Error && c.Message.Contains("none.sock"));
        report.Checks.Should().Contain(c => c.Area == "sources" && c.Verdict == CheckVerdict.Warning);
        report.Checks.Should().Contain(c => c.Area == "hub" && c.Verdict == CheckVerdict.Skipped);
        report.Checks.Where(c => c.Verdict is CheckVerdict.Error or CheckVerdict.Warning).Should().OnlyContain(c => c.Fix!.Length > 0, "each says what to do");
        report.Checks.Select(c => c.Area).Distinct().Should().BeEquivalentTo("agent", "engine", "dns", "sources", "hub", "clock", "certificates", "disk", "memory", "accelerators", "permissions");
    }

    [Fact]
    public async Task What_the_agent_complains_of_is_repeated_and_no_engine_is_needed_without_modules()
    {
        var status = Status(new Condition(Condition.Stalled, ConditionStatus.True, "Invalid", "web.yaml:3: image is missing", Noon, null)) with { AgentVersion = "0.0.1", Suspended = true };

        var report = await RunAsync(Configuration(), status, null);

        report.Checks.Should().Contain(c => c.Area == "agent" && c.Verdict == CheckVerdict.Error && c.Message.Contains("web.yaml:3: image is missing"));
        report.Checks.Should().Contain(c => c.Area == "agent" && c.Verdict == CheckVerdict.Warning && c.Message.Contains("version 0.0.1"));
        report.Checks.Should().Contain(c => c.Area == "agent" && c.Fix == "`edgeop resume` ends that");
        report.Checks.Should().Contain(c => c.Area == "engine" && c.Verdict == CheckVerdict.Warning);
    }

    [Fact]
    public async Task A_hub_is_reached_trusted_and_tells_the_time()
    {
        using var server = new TimeServer(TimeSpan.Zero, days: 60);
        _folder.Write("ca.pem", server.CertificatePem);

        var report = await RunAsync(AtHub(server.Port), Status(), null);

        report.Checks.Should().Contain(c => c.Area == "hub" && c.Verdict == CheckVerdict.Ok && c.Message == $"127.0.0.1:{server.Port} is reached and trusted");
        report.Checks.Should().Contain(c => c.Area == "clock" && c.Verdict == CheckVerdict.Ok && c.Message.Contains("127.0.0.1"));
        report.Checks.Should().Contain(c => c.Area == "certificates" && c.Verdict == CheckVerdict.Ok && c.Message.Contains("that 127.0.0.1"));
    }

    [Fact]
    public async Task A_wrong_clock_an_ending_certificate_and_a_hub_that_is_not_trusted_are_found()
    {
        using var server = new TimeServer(TimeSpan.FromMinutes(-20), days: 3);
        _folder.Write("ca.pem", server.CertificatePem);
        var trusted = await RunAsync(AtHub(server.Port), Status(), null);
        using var other = new TimeServer(TimeSpan.Zero, days: 60);
        _folder.Write("ca.pem", other.CertificatePem);

        var distrusted = await RunAsync(AtHub(server.Port), Status(), null);

        trusted.Checks.Should().Contain(c => c.Area == "clock" && c.Verdict == CheckVerdict.Error && c.Message.Contains("ahead of that of 127.0.0.1"));
        trusted.Checks.Should().Contain(c => c.Area == "certificates" && c.Verdict == CheckVerdict.Warning && c.Message.Contains("ends on"));
        distrusted.Checks.Should().Contain(c => c.Area == "hub" && c.Verdict == CheckVerdict.Error && c.Message.Contains("is reached, but not trusted") && c.Fix!.Contains("ca.pem"));
    }

    [Fact]
    public async Task A_server_that_is_not_there_and_a_name_that_is_not_found_are_told_apart()
    {
        var closed = FreePort.Next();

        var report = await RunAsync(Configuration($"[{{name: a, git: {{url: \"https://127.0.0.1:{closed}/x.git\"}}}}, {{name: b, git: {{url: \"https://no-such-host.invalid/x.git\"}}}}, {{name: c, directory: {{path: \"{_folder.File("none")}\"}}}}]"), Status(), null);

        report.Checks.Should().Contain(c => c.Area == "sources" && c.Verdict == CheckVerdict.Error && c.Message.StartsWith($"127.0.0.1:{closed} can't be reached"));
        report.Checks.Should().Contain(c => c.Area == "dns" && c.Verdict == CheckVerdict.Error && c.Message.StartsWith("no-such-host.invalid is not found"));
        report.Checks.Should().Contain(c => c.Area == "sources" && c.Verdict == CheckVerdict.Error && c.Message.StartsWith("c: there is no folder"));
    }

    [Fact]
    public async Task Files_of_secrets_that_others_may_read_are_named_with_the_command_that_helps()
    {
        _folder.Write("token", "secret");
        File.SetUnixFileMode(_folder.File("token"), UnixFileMode.UserRead | UnixFileMode.OtherRead);

        var report = await RunAsync(Configuration($"[{{git: {{url: \"file:///x\", auth: {{tokenFile: \"{_folder.File("token")}\"}}}}}}]"), Status(), null);

        report.Checks.Should().Contain(c => c.Area == "permissions" && c.Verdict == CheckVerdict.Warning && c.Fix == $"chmod 600 {_folder.File("token")}");
        report.Checks.Should().NotContain(c => c.Message.Contains("secret", StringComparison.Ordinal) && c.Area != "permissions");
    }

    private static Task<CheckReport> RunAsync(AgentConfiguration configuration, DeviceStatus? status, string? absence) => DeviceChecks.RunAsync(configuration, status, absence, TimeProvider.System, CancellationToken.None);

    private AgentConfiguration AtHub(int port) => Configuration($"[{{name: hub, twin: {{hub: 127.0.0.1, port: {port}, httpsPort: {port}, caFile: \"{_folder.File("ca.pem")}\"}}}}]");

    private AgentConfiguration Configuration(string sources = "[]")
    {
        var read = AgentConfigurationReader.Read(new("agent.yaml", Encoding.UTF8.GetBytes($$"""
            apiVersion: edgeoperator.io/v1alpha1
            kind: AgentConfiguration
            metadata: {name: agent}
            spec:
              device: {name: checked}
              engine: {socket: "unix://{{_folder.File("none.sock")}}"}
              stateDirectory: "{{_folder.File("state")}}"
              sources: {{sources}}
            """)));
        read.Problems.Should().BeEmpty();
        return read.Configuration!;
    }

    private static DeviceStatus Status(params Condition[] conditions) => new() { Device = "checked", AgentVersion = Agent.Telemetry.AgentVersion.Number, LastPassAt = Noon, Conditions = [.. conditions] };

    /// <summary>Answers whatever is asked over TLS with a time.</summary>
    private sealed class TimeServer : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly X509Certificate2 _certificate;
        private readonly TimeSpan _difference;

        public TimeServer(TimeSpan difference, int days)
        {
            _difference = difference;
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
            var names = new SubjectAlternativeNameBuilder();
            names.AddIpAddress(IPAddress.Loopback);
            request.CertificateExtensions.Add(names.Build());
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
            using var made = request.CreateSelfSigned(Noon.AddDays(-1), Noon.AddDays(days));
            _certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
            _listener.Start();
            _ = ServeAsync();
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public string CertificatePem => _certificate.ExportCertificatePem();

        public void Dispose()
        {
            _listener.Stop();
            _certificate.Dispose();
        }

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                    _ = AnswerAsync(await _listener.AcceptTcpClientAsync());
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // It is stopped.
            }
        }

        private async Task AnswerAsync(TcpClient client)
        {
            using (client)
            {
                try
                {
                    await using var tls = new SslStream(client.GetStream());
                    await tls.AuthenticateAsServerAsync(_certificate);
                    var buffer = new byte[4096];
                    if (await tls.ReadAsync(buffer) > 0)
                        await tls.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 404 Not Found\r\nDate: {TimeProvider.System.GetUtcNow() + _difference:r}\r\nContent-Length: 0\r\n\r\n"));
                }
                catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
                {
                    // The client does not trust it, or has seen enough.
                }
            }
        }
    }
}
