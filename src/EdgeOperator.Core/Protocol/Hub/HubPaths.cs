namespace EdgeOperator.Core.Protocol.Hub;

/// <summary>Where a device finds at its hub what is not Azure IoT Hub's; paths without the first slash.</summary>
public static class HubPaths
{
    /// <param name="hash">SHA-256, in lower-case hex.</param>
    public static string Artifact(string hash) => $"api/v1/artifacts/{hash}";

    /// <summary>A device writes its snapshot there, as gzipped JSON.</summary>
    public static string Snapshot(string deviceId) => $"api/v1/devices/{Uri.EscapeDataString(deviceId)}/snapshot";
}
