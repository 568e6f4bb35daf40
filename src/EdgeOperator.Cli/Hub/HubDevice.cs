using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeOperator.Cli.Completion;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.Protocol.Hub;

namespace EdgeOperator.Cli.Hub;

/// <summary>A device of a hub on the command line, and the direct methods of its agent.</summary>
internal sealed class HubDevice : Argument<string>
{
    /// <summary>A pass may have to wait for pulls; IoT Hub waits for no longer.</summary>
    private const int ResponseTimeoutInSeconds = 300;

    public HubDevice()
        : base("DEVICE")
    {
        Description = "The device's name";
        this.Suggest(HubSuggestions.Devices);
    }

    public string PathOf(Call call) => PathOf(call.Get(this)!);

    public static string PathOf(string device) => $"devices/{Uri.EscapeDataString(device)}";

    /// <summary>Calls a direct method of the device's agent.</summary>
    /// <returns>What it answers; null for nothing.</returns>
    /// <exception cref="UserError">It refuses, or is not there to be asked.</exception>
    public async Task<JsonNode?> InvokeAsync(Call call, string method, MethodRequest request, CancellationToken cancellation)
    {
        using var hub = HubClient.Of(call);
        var answer = await hub.PostAsync(
            $"{PathOf(call)}/methods/{method}",
            new JsonObject { ["payload"] = JsonSerializer.SerializeToNode(request, ProtocolJson.Default.MethodRequest), ["responseTimeoutInSeconds"] = ResponseTimeoutInSeconds },
            cancellation);
        var payload = answer?["payload"];
        return (int?)answer?["status"] is 200
            ? payload?.DeepClone()
            : throw new UserError(ExitCode.Failed, $"{call.Get(this)} answers: {(payload as JsonObject)?["detail"] ?? payload?.ToJsonString() ?? "nothing"}");
    }
}
