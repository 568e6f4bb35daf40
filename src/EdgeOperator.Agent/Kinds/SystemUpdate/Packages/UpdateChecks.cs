using System.Collections.Immutable;
using System.Net.Sockets;
using EdgeOperator.Core.Kinds.SystemUpdate;

namespace EdgeOperator.Agent.Kinds.SystemUpdate.Packages;

/// <summary>Tells whether a device is well after a change of its software.</summary>
internal sealed class UpdateChecks(PackageTools tools, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan OneTry = TimeSpan.FromSeconds(30);

    /// <summary>Each is tried until it holds, or its time is over.</summary>
    /// <returns>Why one does not hold; null when all do.</returns>
    public async Task<string?> RunAsync(ImmutableArray<UpdateCheck> checks, CancellationToken cancellation)
    {
        foreach (var check in checks)
        {
            var began = time.GetTimestamp();
            while (await TryAsync(check, cancellation) is { } failure)
            {
                if (time.GetElapsedTime(began) >= check.Timeout)
                    return $"the check `{check}` failed for {check.Timeout.TotalSeconds:0} s: {failure}";
                await Task.Delay(Pause, time, cancellation);
            }
        }

        return null;
    }

    /// <returns>Why it does not hold; null when it does.</returns>
    public Task<string?> RunOnceAsync(UpdateCheck check, CancellationToken cancellation) => TryAsync(check, cancellation);

    private async Task<string?> TryAsync(UpdateCheck check, CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(check.Timeout < OneTry ? check.Timeout : OneTry, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        try
        {
            return check switch
            {
                { Exec: { } command } => Judge(await tools.RunAsync(check.Timeout, cancellation, command)),
                { Unit: { } unit } => (await tools.RunAsync(OneTry, cancellation, "systemctl", "is-active", unit)) is { IsSuccess: false } state ? $"it is {state.Output.Trim()}" : null,
                { Http: { } url } => await GetAsync(url, either.Token),
                { Tcp: { } address } => await ConnectAsync(address, either.Token),
                _ => null,
            };
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return "no answer";
        }
        catch (Exception e) when (e is IOException or SocketException or HttpRequestException)
        {
            return e.Message;
        }
    }

    private static string? Judge(ToolResult result)
    {
        var words = $"{result.Output}\n{result.Errors}".Split('\n').LastOrDefault(line => !string.IsNullOrWhiteSpace(line))?.Trim();
        return result.IsSuccess ? null : $"it ended with {result.ExitCode}{(words is null ? "" : $": {(words.Length > 200 ? words[..200] : words)}")}";
    }

    private static async Task<string?> GetAsync(string url, CancellationToken cancellation)
    {
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });
        using var answer = await client.GetAsync(new Uri(url), HttpCompletionOption.ResponseHeadersRead, cancellation);
        return (int)answer.StatusCode is >= 200 and < 400 ? null : $"it answers {(int)answer.StatusCode}";
    }

    private static async Task<string?> ConnectAsync(string address, CancellationToken cancellation)
    {
        var colon = address.LastIndexOf(':');
        using var client = new TcpClient();
        await client.ConnectAsync(address[..colon].Trim('[', ']'), int.Parse(address[(colon + 1)..], System.Globalization.CultureInfo.InvariantCulture), cancellation);
        return null;
    }
}
