using System.Net;
using System.Text.Json.Nodes;
using EdgeOperator.Hub.Tests.Mqtt;
using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests;

/// <summary>Users at a hub, and devices that report.</summary>
internal static class Accounts
{
    public const string Password = "a longer password";

    /// <summary>Makes a user who has logged in once, so that the password is <see cref="Password"/>.</summary>
    /// <returns>What goes into the Authorization header.</returns>
    public static async Task<string> BearerAsync(this HubUnderTest hub, string name, string role)
    {
        var (status, made) = await hub.CallAsync("POST", "api/v1/users", $$"""{"name":"{{name}}","role":"{{role}}"}""");
        status.Should().Be(HttpStatusCode.OK, made?.ToJsonString());
        return await hub.LoginAsync(name, made!["oneTimePassword"]!.GetValue<string>(), Password);
    }

    /// <returns>What goes into the Authorization header.</returns>
    public static async Task<string> LoginAsync(this HubUnderTest hub, string name, string password = Password, string? newPassword = null)
    {
        var (status, answer) = await hub.CallAsync("POST", "api/v1/login", new JsonObject { ["user"] = name, ["password"] = password, ["newPassword"] = newPassword }.ToJsonString(), "");
        status.Should().Be(HttpStatusCode.OK, answer?.ToJsonString());
        return $"Bearer {answer!["token"]!.GetValue<string>()}";
    }

    /// <summary>Has a device report, and returns once its twin has it.</summary>
    public static async Task ReportAsync(this HubUnderTest hub, string device, string properties)
    {
        var (_, identity) = await hub.CallAsync("GET", $"devices/{device}");
        var (client, _) = await RawMqtt.ConnectAsync(hub, device, identity!["authentication"]!["symmetricKey"]!["primaryKey"]!.GetValue<string>());
        await using var connection = client;
        await client.SendAsync(RawMqtt.Publish("$iothub/twin/PATCH/properties/reported/?$rid=1", properties));
        var expected = JsonNode.Parse(properties)!["edgeoperator"];
        await Eventually.TrueAsync("the report is there", async () =>
            JsonNode.DeepEquals((await hub.CallAsync("GET", $"twins/{device}")).Body!["properties"]!["reported"]!["edgeoperator"], expected));
    }
}
