using System.Net;
using System.Net.Sockets;
using EdgeOperator.Functions.Workers.Forwarding;
using EdgeOperator.Platform.Timing;
using Microsoft.AspNetCore.Http;

namespace EdgeOperator.Functions.Workers.Rpc;

/// <summary>Requests as they came, to the address that a worker announced; it joins each with its call by the invocation's id.</summary>
internal sealed class HttpProxy : IDisposable
{
    private const string InvocationHeader = "x-ms-invocation-id";

    // As the cloud's host retries a refused connection.
    private const int MaxRetries = 10;
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(25);

    private readonly IPEndPoint _endpoint;
    private readonly Task _ended;
    private readonly TimeProvider _time;
    private readonly WorkerClient _client;
    private readonly HttpForwarder _forwarder;

    /// <param name="ended">Completes with the worker's process.</param>
    public HttpProxy(Uri uri, Task ended, TimeProvider time)
    {
        // Workers say localhost and mean this machine.
        (_endpoint, _ended, _time) = (new(IPAddress.Loopback, uri.Port), ended, time);
        _client = new(_endpoint);
        _forwarder = new(_client);
    }

    /// <summary>Waits until the worker accepts connections; some announce their address before they listen.</summary>
    public async Task ListensAsync(CancellationToken cancellation)
    {
        while (!await AcceptsAsync(cancellation))
        {
            await Task.Delay(ProbeInterval, _time, cancellation);
        }
    }

    /// <param name="succeeds">The invocation's outcome; never fails.</param>
    /// <exception cref="WorkerLostException">The worker was not reached only if its process has ended: one that runs may be busy, and must not be restarted.</exception>
    public async Task<bool> ForwardAsync(HttpContext context, string invocationId, Task<bool> succeeds, CancellationToken cancellation)
    {
        AnswerGate gate = (answer, cancelled) => DeferredResponse.HoldAsync(answer, succeeds, cancelled);
        for (var retries = 0; ; retries++)
        {
            try
            {
                return await _forwarder.ForwardAsync(context, [new(InvocationHeader, invocationId)], cancellation, gate);
            }
            catch (WorkerLostException refused) when (!refused.Reached && !_ended.IsCompleted)
            {
                if (retries == MaxRetries)
                {
                    throw new WorkerLostException($"the worker refuses connections: {refused.Message}", refused);
                }
            }

            await Task.WhenAny(_ended, Task.Delay(new ExponentialDelay(FirstDelay, MaxDelay).After(retries + 1), _time, cancellation));
            cancellation.ThrowIfCancellationRequested();
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task<bool> AcceptsAsync(CancellationToken cancellation)
    {
        try
        {
            using var socket = await WorkerClient.ConnectAsync(_endpoint, cancellation);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
