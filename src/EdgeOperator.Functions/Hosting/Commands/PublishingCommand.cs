using System.CommandLine;
using System.Net;
using EdgeOperator.Core.Text;
using EdgeOperator.Functions.App;
using EdgeOperator.Platform.Logging;
using EdgeOperator.Platform.Processes;
using EdgeOperator.Platform.Publishing;

namespace EdgeOperator.Functions.Hosting.Commands;

/// <summary><c>publishing</c>: the endpoint that packages are published to, which the agent starts where it is configured.</summary>
internal sealed class PublishingCommand : Command
{
    private readonly Option<string> _store = new("--store") { Description = "The folder of what is published", HelpName = "DIR", Required = true };
    private readonly Option<string> _address = new("--address") { Description = "The address to listen on", DefaultValueFactory = _ => "127.0.0.1" };
    private readonly Option<int> _port = new("--port") { Description = "The port; 0 takes any free one", Required = true };
    private readonly Option<string?> _certificate = new("--certificate") { Description = "The server's certificate (PEM); without one only a loopback address is possible", HelpName = "FILE" };
    private readonly Option<string?> _key = new("--key") { Description = "The certificate's key (PEM), if it is in a file of its own", HelpName = "FILE" };

    public PublishingCommand(TextWriter output)
        : base("publishing", "Receive packages of function apps as Kudu does, until SIGTERM")
    {
        Add(_store);
        Add(_address);
        Add(_port);
        Add(_certificate);
        Add(_key);
        SetAction(async (line, cancellation) =>
        {
            await RunAsync(line, output, cancellation);
            return 0;
        });
    }

    private async Task RunAsync(ParseResult line, TextWriter output, CancellationToken cancellation)
    {
        var address = line.GetRequiredValue(_address);
        if (!IPAddress.TryParse(address, out var ip))
            throw new AppException($"{address} is no IP address (--address): give one of this device, or 0.0.0.0");
        var port = line.GetRequiredValue(_port);
        if (port is < 0 or > 65535)
            throw new AppException($"{port} is no port (--port): give one from 0, for any free one, to 65535");

        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var signals = new ShutdownSignals(stopping);
        using var loggers = ProgramLogging.Create(output, verbose: false, colour: false, TerminalText.EscapeLine, TimeProvider.System, Environment.GetEnvironmentVariable);
        var api = new PublishingApi(new(line.GetRequiredValue(_store)), new(), TimeProvider.System);
        await using var server = await PublishingServer.StartAsync(api, new(ip, port), line.GetValue(_certificate), line.GetValue(_key), loggers, stopping.Token);
        output.WriteLine($"listens on {server.Url}");
        output.Flush();
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
