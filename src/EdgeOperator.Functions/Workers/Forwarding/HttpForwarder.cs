using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace EdgeOperator.Functions.Workers.Forwarding;

/// <summary>
/// Sends requests to a worker as they came, and its answers back as they are; both bodies are streamed. The server's
/// <c>ResponseHeaderEncodingSelector</c> has to say Latin1 where answers may have other headers than ASCII.
/// </summary>
public sealed class HttpForwarder(WorkerClient client)
{
    /// <param name="headers">Set on the way to the worker, in place of any that the request has under the same name.</param>
    /// <param name="cancellation">Has to end with the request.</param>
    /// <returns>Whether the worker answered with less than 500, and to the end.</returns>
    /// <exception cref="WorkerLostException">Nothing has been answered yet: the caller may.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the client's connection is cut if an answer had begun.</exception>
    /// <exception cref="BadHttpRequestException">The request's own body is at fault: too long, or cut short.</exception>
    public async Task<bool> ForwardAsync(
        HttpContext context, IReadOnlyList<KeyValuePair<string, string>> headers, CancellationToken cancellation)
    {
        var pool = client.Connections;
        var connection = await pool.RentAsync(cancellation);
        while (true)
        {
            var exchange = new Exchange(context, connection);
            var reusable = false;
            try
            {
                using (cancellation.UnsafeRegister(static state => ((WorkerConnection)state!).Dispose(), connection))
                {
                    reusable = await exchange.RunAsync(headers, cancellation);
                }

                return exchange.Succeeded;
            }
            catch (WorkerLostException) when (exchange.MayRepeat)
            {
                // The worker closed an idle connection while we took it up again.
            }
            catch (Exception e) when (
                context.Response.HasStarted && e is SocketException or IOException or ObjectDisposedException or OperationCanceledException)
            {
                // The client must not take half an answer for a whole one.
                context.Abort();
                cancellation.ThrowIfCancellationRequested();
                return false;
            }
            finally
            {
                if (reusable)
                {
                    pool.Return(connection);
                }
                else
                {
                    connection.Dispose();
                }
            }

            connection = await pool.OpenAsync(cancellation);
        }
    }
}
