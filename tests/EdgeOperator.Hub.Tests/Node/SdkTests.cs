using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests.Node;

/// <summary>
/// Azure's own SDKs for Node.js, unmodified, against the hub. Each scenario is a script that fails at the first thing that is not as
/// it would be with IoT Hub.
/// </summary>
[Collection(SharedHub.Name)]
public sealed class SdkTests(SharedHub shared)
{
    private static readonly Lazy<Task<string>> Packages = new(() => NpmPackages.InstallAsync(Path.Combine(Folder, "packages")));

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Node");

    [Theory]
    [InlineData("registry")]
    [InlineData("modules")]
    [InlineData("twins")]
    [InlineData("queries")]
    [InlineData("deployment")]
    [InlineData("configurations")]
    [InlineData("jobs")]
    [InlineData("bulk")]
    [InlineData("feedback")]
    [InlineData("errors")]
    [InlineData("provisioning-bulk")]
    [InlineData("methods")]
    [InlineData("device", "azure-iot-device-mqtt", "Mqtt")]
    [InlineData("device", "azure-iot-device-mqtt", "MqttWs")]
    [InlineData("module-client")]
    [InlineData("x509")]
    [InlineData("credentials")]
    [InlineData("renewal")]
    [InlineData("provisioning-key", "azure-iot-provisioning-device-mqtt", "Mqtt")]
    [InlineData("provisioning-key", "azure-iot-provisioning-device-mqtt", "MqttWs")]
    [InlineData("provisioning-key", "azure-iot-provisioning-device-http", "Http")]
    [InlineData("provisioning-x509", "azure-iot-provisioning-device-mqtt", "Mqtt")]
    [InlineData("provisioning-x509", "azure-iot-provisioning-device-http", "Http")]
    public Task A_scenario_passes(string scenario, params string[] arguments) => RunAsync(shared.Hub, scenario, arguments);

    [Fact]
    public async Task Who_is_too_fast_is_told_so()
    {
        await using var hub = await HubUnderTest.StartAsync("service: {requestsPerSecond: 1}\ndevices: {messagesPerSecond: 1}");

        await RunAsync(hub, "throttled");
    }

    private static async Task RunAsync(HubUnderTest hub, string scenario, params string[] arguments)
    {
        var result = await Shell.RunAsync("env",
        [
            $"NODE_PATH={Path.Combine(await Packages.Value, "node_modules")}", $"NODE_EXTRA_CA_CERTS={hub.CaFile}", "NODE_NO_WARNINGS=1",
            $"HUB_HOST={hub.Host}", $"HUB={hub.ConnectionString}", $"PROVISIONING={hub.ProvisioningConnectionString}", $"ID_SCOPE={hub.IdScope}",
            $"FOLDER={Path.GetDirectoryName(hub.File("node/x"))}",
            "timeout", "150", "node", Path.Combine(Folder, "scenarios", $"{scenario}.cjs"), .. arguments,
        ]);

        result.Should().EndWith("passed\n");
    }
}
