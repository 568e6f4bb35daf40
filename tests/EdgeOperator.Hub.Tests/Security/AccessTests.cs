using System.Net;

namespace EdgeOperator.Hub.Tests.Security;

/// <summary>A device reads and writes only what is its own; nobody reads or writes anything.</summary>
[Collection(SharedHub.Name)]
public sealed class AccessTests(SharedHub shared)
{
    private static readonly string[] Everything =
    [
        "GET devices", "GET devices/{o}", "PUT devices/new", "DELETE devices/{o}", "DELETE devices/{d}", "PUT devices/{d}",
        "GET devices/{o}/modules", "PUT devices/{o}/modules/m", "DELETE devices/{o}/modules/m",
        "GET twins/{d}", "GET twins/{o}", "PATCH twins/{d}", "PUT twins/{o}", "POST twins/{d}/methods", "POST devices/query",
        "POST devices/{d}/applyConfigurationContent", "POST devices/{d}/messages/devicebound", "DELETE devices/{d}/commands",
        "GET statistics/devices", "GET statistics/service", "PUT enrollments/x", "GET enrollmentGroups/x", "POST enrollments/query", "DELETE registrations/x",
        "GET api/v1/enrollments", "POST api/v1/enrollments/x/approve", "GET api/v1/telemetry", "GET api/v1/audit",
    ];

    private HubUnderTest Hub => shared.Hub;

    [Fact]
    public async Task A_device_s_token_opens_nothing_but_itself_and_its_own_modules()
    {
        var key = await Hub.CreateDeviceAsync("own");
        await Hub.CreateDeviceAsync("foreign");
        var token = Hub.Token($"{Hub.Host}/devices/own", key);

        foreach (var request in Everything)
            (await StatusAsync(request, token)).Should().Be(HttpStatusCode.Unauthorized, request);
        (await StatusAsync("GET devices/{d}", token)).Should().Be(HttpStatusCode.OK);
        (await StatusAsync("PUT devices/{d}/modules/m", token)).Should().Be(HttpStatusCode.OK);
        (await StatusAsync("GET devices/{d}/modules", token)).Should().Be(HttpStatusCode.OK);
        (await StatusAsync("DELETE devices/{d}/modules/m", token)).Should().Be(HttpStatusCode.NoContent);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Bearer nonsense")]
    [InlineData("Basic YTpi")]
    [InlineData("SharedAccessSignature sr=x&sig=AAAA&se=9999999999&skn=iothubowner")]
    public async Task Without_a_good_token_nothing_opens(string authorization)
    {
        foreach (var request in Everything)
            (await StatusAsync(request, authorization)).Should().Be(HttpStatusCode.Unauthorized, request);
    }

    [Fact]
    public async Task A_policy_opens_what_it_is_for()
    {
        await Hub.CreateDeviceAsync("policies");
        var read = await TokenOfAsync("registryRead");
        var service = await TokenOfAsync("service");
        var device = await TokenOfAsync("device");

        (await StatusAsync("GET devices/policies", read)).Should().Be(HttpStatusCode.OK);
        (await StatusAsync("DELETE devices/policies", read)).Should().Be(HttpStatusCode.Unauthorized);
        (await StatusAsync("GET twins/policies", service)).Should().Be(HttpStatusCode.OK);
        (await StatusAsync("GET devices/policies", service)).Should().Be(HttpStatusCode.Unauthorized);
        (await StatusAsync("GET twins/policies", device)).Should().Be(HttpStatusCode.Unauthorized);
        (await StatusAsync("GET api/v1/audit", service)).Should().Be(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_token_that_has_ended_or_is_for_another_hub_opens_nothing()
    {
        var key = Convert.FromBase64String(Hub.ConnectionString.Split("SharedAccessKey=")[1]);

        foreach (var token in (string[])[
            Core.Protocol.Hub.SasToken.Create(Hub.Host, key, DateTimeOffset.FromUnixTimeSeconds(1_600_000_000), "iothubowner"),
            Core.Protocol.Hub.SasToken.Create("other.example.com", key, DateTimeOffset.MaxValue, "iothubowner"),
            Core.Protocol.Hub.SasToken.Create(Hub.Host, key, DateTimeOffset.MaxValue, "service"),
            Core.Protocol.Hub.SasToken.Create(Hub.Host, key, DateTimeOffset.MaxValue)])
            (await StatusAsync("GET devices", token)).Should().Be(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task The_one_time_password_opens_once_and_a_new_one_is_needed_with_it()
    {
        await using var hub = await HubUnderTest.StartAsync();
        async Task<HttpStatusCode> LoginAsync(string password, string? next = null) => (await hub.CallAsync(
            "POST", "api/v1/login", $$"""{"user":"admin","password":"{{password}}"{{(next is null ? "" : $",\"newPassword\":\"{next}\"")}}}""", "")).Status;

        (await LoginAsync(hub.OneTimePassword)).Should().Be(HttpStatusCode.BadRequest);
        (await LoginAsync(hub.OneTimePassword, "short")).Should().Be(HttpStatusCode.BadRequest);
        (await LoginAsync(hub.OneTimePassword, "a longer password")).Should().Be(HttpStatusCode.OK);
        (await LoginAsync(hub.OneTimePassword)).Should().Be(HttpStatusCode.Unauthorized);
        var token = (await hub.CallAsync("POST", "api/v1/login", """{"user":"admin","password":"a longer password"}""", "")).Body!["token"]!.GetValue<string>();
        (await hub.CallAsync("GET", "devices", null, $"Bearer {token}")).Status.Should().Be(HttpStatusCode.OK);
        (await hub.CallAsync("GET", "api/v1/audit", null, $"Bearer {token}")).Status.Should().Be(HttpStatusCode.OK);
        for (var i = 0; i < 5; i++)
            await LoginAsync("wrong");
        (await LoginAsync("a longer password")).Should().Be(HttpStatusCode.TooManyRequests);
        hub.Log.Should().NotContain(token).And.NotContain("a longer password");
    }

    private async Task<string> TokenOfAsync(string policy)
    {
        var key = (await Hub.CommandAsync("connection-string", "--policy", policy)).Trim().Split("SharedAccessKey=")[1];
        return Core.Protocol.Hub.SasToken.Create(Hub.Host, Convert.FromBase64String(key), DateTimeOffset.MaxValue, policy);
    }

    private async Task<HttpStatusCode> StatusAsync(string request, string authorization)
    {
        var (method, path) = (request.Split(' ')[0], request.Split(' ')[1].Replace("{d}", "own", StringComparison.Ordinal).Replace("{o}", "foreign", StringComparison.Ordinal));
        return (await Hub.CallAsync(method, path, method is "GET" or "DELETE" ? null : "{}", authorization)).Status;
    }
}
