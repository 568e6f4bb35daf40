using System.Net.Sockets;
using System.Text;
using EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;
using EdgeOperator.Testing;

namespace EdgeOperator.Agent.Tests.Fuzz;

/// <summary>A monitor of QEMU, which a guest may have broken into: whatever it says, a command ends.</summary>
public sealed class QmpFuzzTests
{
    [Fact]
    public void A_monitor_is_understood_or_given_up()
    {
        using var folder = new TempFolder();
        var path = Path.Combine(folder, "qmp.sock");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();

        Fuzzing.Feed(
            [
                Encoding.UTF8.GetBytes("""
                    {"QMP": {"version": {"qemu": {"micro": 2, "minor": 2, "major": 7}}, "capabilities": ["oob"]}}
                    {"return": {}, "id": "1"}
                    {"event": "BLOCK_IO_ERROR", "data": {"device": "disk", "reason": "No space left", "nospace": true}, "timestamp": {"seconds": 1, "microseconds": 2}}
                    {"return": {"status": "running", "running": true}, "id": "2"}
                    {"error": {"class": "GenericError", "desc": "no"}, "id": "3"}

                    """),
            ],
            async bytes =>
            {
                var serving = ServeAsync(listener, bytes);
                try
                {
                    await using var client = await QmpClient.ConnectAsync(path, e => e["device"]?.ToString(), TimeSpan.FromSeconds(30), default);
                    await client.ExecuteAsync("query-status", null, default);
                    await client.MonitorAsync("info", default);
                }
                catch (Exception e) when (e is IOException or QmpException or InvalidOperationException)
                {
                }

                await serving;
            });
    }

    private static async Task ServeAsync(Socket listener, byte[] answer)
    {
        using var connection = await listener.AcceptAsync();
        try
        {
            await connection.SendAsync(answer);
            connection.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // The client has had enough.
        }
    }
}
