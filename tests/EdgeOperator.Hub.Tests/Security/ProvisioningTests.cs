using System.Net;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Protocol.Hub;
using EdgeOperator.Hub.Tests.Mqtt;

namespace EdgeOperator.Hub.Tests.Security;

/// <summary>The provisioning service, attacked from outside: by HTTPS and by MQTT, without a proof and with one for another registration.</summary>
[Collection(SharedHub.Name)]
public sealed class ProvisioningTests(SharedHub shared)
{
    private static int _names;

    private HubUnderTest Hub => shared.Hub;

    /// <summary>A token of the policy that manages enrollments.</summary>
    private string Owner => Hub.ProvisioningToken();

    [Fact]
    public async Task Manifests_in_an_initial_twin_are_checked_when_the_enrollment_is_written()
    {
        static string Enrollment(string spec) => """{"registrationId":"initial","attestation":{"type":"symmetricKey"},"initialTwin":{"properties":{"desired":{"edgeoperator":{"manifests":{"EdgeModule/web":SPEC}}}}}}"""
            .Replace("SPEC", spec, StringComparison.Ordinal);

        var (refused, body) = await Hub.CallAsync("PUT", "enrollments/initial", Enrollment("{}"), Owner);
        var (accepted, _) = await Hub.CallAsync("PUT", "enrollments/initial", Enrollment("""{"image":"nginx:1.27"}"""), Owner);

        refused.Should().Be(HttpStatusCode.BadRequest);
        body!.ToJsonString().Should().Contain("initialTwin").And.Contain("EdgeModule/web: spec.image is missing");
        accepted.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_registration_with_the_body_that_SDKs_send_or_with_none_is_taken()
    {
        var (id, key) = await EnrollAsync();

        (await RegisterAsync(id, key, $$"""{"registrationId":"{{id}}","payload":{"a":1} }""")).Status.Should().Be(HttpStatusCode.Accepted);
        (await RegisterAsync(id, key, null)).Status.Should().Be(HttpStatusCode.Accepted);
    }

    [Theory]
    [InlineData("{", HttpStatusCode.BadRequest)]
    [InlineData("[]", HttpStatusCode.BadRequest)]
    [InlineData("null", HttpStatusCode.BadRequest)]
    [InlineData("{\"registrationId\":\"another\"}", HttpStatusCode.BadRequest)]
    [InlineData("{\"registrationId\":{\"a\":[1]}}", HttpStatusCode.BadRequest)]
    [InlineData("{\"registrationId\":1,\"registrationId\":2}", HttpStatusCode.BadRequest)]
    [InlineData("{\"a\":\"\\ud800\"}", HttpStatusCode.BadRequest)]
    public async Task A_registration_that_is_malformed_is_the_device_s_mistake_and_makes_no_device(string body, HttpStatusCode status)
    {
        var (id, key) = await EnrollAsync();

        (await RegisterAsync(id, key, body)).Status.Should().Be(status);

        (await Hub.CallAsync("GET", $"devices/{id}")).Status.Should().Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Bodies_are_bounded_and_not_read_at_all_without_a_proof()
    {
        var (id, key) = await EnrollAsync();
        var large = $$"""{"registrationId":"{{id}}","payload":"{{new string('x', 70_000)}}"}""";

        (await RegisterAsync(id, key, large)).Status.Should().Be(HttpStatusCode.RequestEntityTooLarge);
        (await RegisterAsync(id, Convert.ToBase64String(new byte[64]), large)).Status.Should().Be(HttpStatusCode.Unauthorized);
        (await Hub.CallAsync("PUT", $"{Hub.IdScope}/registrations/{id}/register", "{", "")).Status.Should().Be(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_proof_for_one_registration_says_nothing_of_another()
    {
        var (mine, key) = await EnrollAsync();
        var (other, otherKey) = await EnrollAsync();
        await RegisterAsync(other, otherKey, null);
        var token = TokenFor(mine, key);

        foreach (var (method, path) in ((string, string)[])
            [("PUT", $"{other}/register"), ("POST", other), ("GET", $"{other}/operations/4.x.y"), ("PUT", $"{other}%2f{mine}/register"), ("POST", $"{mine}%2f..%2f{other}")])
            (await Hub.CallAsync(method, $"{Hub.IdScope}/registrations/{path}?api-version=2021-06-01", null, token)).Status.Should().Be(HttpStatusCode.Unauthorized, path);
    }

    [Fact]
    public async Task An_operation_of_another_registration_is_none()
    {
        var (mine, key) = await EnrollAsync();
        var (other, otherKey) = await EnrollAsync();
        await RegisterAsync(mine, key, null);
        var operation = (await RegisterAsync(other, otherKey, null)).Body!["operationId"]!.GetValue<string>();
        var own = (await RegisterAsync(mine, key, null)).Body!["operationId"]!.GetValue<string>();

        foreach (var id in (string[])[operation, "4..", $"{own[..18]}%2f{operation}", "x", new string('x', 5_000)])
            (await Hub.CallAsync("GET", $"{Hub.IdScope}/registrations/{mine}/operations/{id}", null, TokenFor(mine, key))).Status.Should().Be(HttpStatusCode.NotFound);
        (await Hub.CallAsync("GET", $"{Hub.IdScope}/registrations/{mine}/operations/{own}", null, TokenFor(mine, key))).Body!["registrationState"]!["deviceId"]!.GetValue<string>().Should().Be(mine);
    }

    [Fact]
    public async Task Another_scope_is_no_scope_and_its_token_no_proof()
    {
        var (id, key) = await EnrollAsync();

        (await Hub.CallAsync("PUT", $"0ne00000000/registrations/{id}/register", null, TokenFor(id, key))).Status.Should().Be(HttpStatusCode.Unauthorized);
        var elsewhere = SasToken.Create($"0ne00000000/registrations/{id}", Convert.FromBase64String(key), DateTimeOffset.MaxValue, "registration");
        (await Hub.CallAsync("PUT", $"{Hub.IdScope}/registrations/{id}/register", null, elsewhere)).Status.Should().Be(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("$dps/registrations/PUT/iotdps-register/")]
    [InlineData("$dps/registrations/PUT/iotdps-register/?$rid=")]
    [InlineData("$dps/registrations/GET/other/?$rid=1")]
    [InlineData("devices/x/messages/events/?$rid=1")]
    public async Task What_is_no_request_over_MQTT_ends_the_connection(string topic)
    {
        var (id, key) = await EnrollAsync();
        await using var client = await ConnectAsync(id, key);

        await client.SendAsync(RawMqtt.Publish(topic, "{}"));

        await client.ShouldEndAsync();
    }

    [Fact]
    public async Task A_request_whose_answer_would_have_no_topic_ends_the_connection()
    {
        var (id, key) = await EnrollAsync();
        await using var client = await ConnectAsync(id, key);

        await client.SendAsync(RawMqtt.Publish($"$dps/registrations/PUT/iotdps-register/?$rid={new string('r', 60_000)}", ""));

        await client.ShouldEndAsync();
        Hub.Log.Should().NotContain("Unhandled");
    }

    [Fact]
    public async Task An_operation_of_another_registration_is_none_over_MQTT_either()
    {
        var (mine, key) = await EnrollAsync();
        var (other, otherKey) = await EnrollAsync();
        await RegisterAsync(mine, key, null);
        var operation = (await RegisterAsync(other, otherKey, null)).Body!["operationId"]!.GetValue<string>();
        await using var client = await ConnectAsync(mine, key);

        await client.SendAsync(RawMqtt.Publish($"$dps/registrations/GET/iotdps-get-operationstatus/?$rid=1&operationId={operation}", ""));

        (await client.ReceivePublishAsync()).Topic.Should().StartWith("$dps/registrations/res/404/?$rid=1");
    }

    [Fact]
    public async Task Enrollments_that_no_device_could_use_are_refused_when_they_are_made()
    {
        foreach (var attestation in (string[])
            ["{}", "null", "[]", """{"type":"symmetricKey","symmetricKey":{"primaryKey":"not base64"}}""", """{"type":"x509","x509":{"clientCertificates":{"primary":{"certificate":"nonsense"}}}}""", """{"type":"x509","x509":{"clientCertificates":{"primary":{"certificate":{"a":1}}}}}""", """{"type":"symmetricKey","symmetricKey":{"primaryKey":7}}"""])
        {
            var id = $"bad-{Interlocked.Increment(ref _names)}";
            var (status, body) = await Hub.CallAsync("PUT", $"enrollments/{id}?api-version=2021-10-01", $$"""{"registrationId":"{{id}}","attestation":{{attestation}}}""", Owner);
            status.Should().Be(HttpStatusCode.BadRequest, $"{attestation}: {body?.ToJsonString()}");
        }
    }

    [Theory]
    [InlineData("deviceId", "7")]
    [InlineData("provisioningStatus", "{}")]
    [InlineData("capabilities", "7")]
    [InlineData("reprovisionPolicy", "true")]
    [InlineData("reprovisionPolicy", """{"migrateDeviceData":"no"} """)]
    [InlineData("initialTwin", "[]")]
    [InlineData("initialTwin", """{"tags":7} """)]
    [InlineData("initialTwin", """{"properties":7} """)]
    [InlineData("initialTwin", """{"properties":{"desired":"x"} } """)]
    public async Task What_a_registration_would_fail_at_later_is_refused_when_an_enrollment_is_made(string field, string value)
    {
        var id = $"bad-{Interlocked.Increment(ref _names)}";

        var (status, body) = await Hub.CallAsync("PUT", $"enrollments/{id}?api-version=2021-10-01", $$"""{"registrationId":"{{id}}","attestation":{"type":"symmetricKey"},"{{field}}":{{value}}}""", Owner);

        status.Should().Be(HttpStatusCode.BadRequest, body?.ToJsonString());
    }

    private async Task<(string Id, string Key)> EnrollAsync()
    {
        var id = $"reg-{Interlocked.Increment(ref _names)}";
        var (status, body) = await Hub.CallAsync("PUT", $"enrollments/{id}?api-version=2021-10-01", $$"""{"registrationId":"{{id}}","attestation":{"type":"symmetricKey"} }""", Owner);
        status.Should().Be(HttpStatusCode.OK, body?.ToJsonString());
        return (id, body!["attestation"]!["symmetricKey"]!["primaryKey"]!.GetValue<string>());
    }

    private string TokenFor(string id, string key) => SasToken.Create($"{Hub.IdScope}/registrations/{id}", Convert.FromBase64String(key), DateTimeOffset.MaxValue, "registration");

    private Task<(HttpStatusCode Status, JsonNode? Body)> RegisterAsync(string id, string key, string? body) =>
        Hub.CallAsync("PUT", $"{Hub.IdScope}/registrations/{id}/register?api-version=2021-06-01", body, TokenFor(id, key));

    private async Task<RawMqtt> ConnectAsync(string id, string key)
    {
        var client = await RawMqtt.OpenAsync(Hub);
        await client.SendAsync(RawMqtt.Connect(id, $"{Hub.IdScope}/registrations/{id}/api-version=2019-03-31", TokenFor(id, key)));
        (await client.ReceiveAsync())!.Value.Body.Should().Equal(0, 0);
        return client;
    }
}
