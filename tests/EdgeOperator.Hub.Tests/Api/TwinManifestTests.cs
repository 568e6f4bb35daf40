using System.Net;
using System.Text.Json.Nodes;
using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests.Api;

/// <summary>Manifests in a twin are checked before they are accepted, whichever way they come.</summary>
[Collection(SharedHub.Name)]
public sealed class TwinManifestTests(SharedHub shared)
{
    private const string Bad = """{"properties":{"desired":{"edgeoperator":{"manifests":{"EdgeModule/web":{"imgae":"nginx"},"ConfigFile/motd":{"path":"motd","content":"x"}}}}}}""";
    private const string Good = """{"properties":{"desired":{"edgeoperator":{"manifests":{"EdgeModule/web":{"image":"${vars.registry}/nginx:1.27"}}}}}}""";

    private HubUnderTest Hub => shared.Hub;

    [Theory]
    [InlineData("PATCH", "twins/checked")]
    [InlineData("PUT", "twins/checked")]
    [InlineData("PATCH", "api/v1/devices/checked/twin")]
    public async Task A_wrong_one_is_refused_with_every_problem_and_nothing_is_written(string method, string path)
    {
        await Hub.CallAsync("PUT", "devices/checked", """{"deviceId":"checked"}""");
        var before = (await Hub.CallAsync("GET", "twins/checked")).Body!.ToJsonString();

        var (status, body) = await Hub.CallAsync(method, path, Bad);

        status.Should().Be(HttpStatusCode.BadRequest);
        body!["Message"]!.GetValue<string>().Should().StartWith("ErrorCode:ArgumentInvalid;properties.desired.edgeoperator.manifests: ")
            .And.Contain("EdgeModule/web: spec.image is missing").And.Contain("EdgeModule/web: the field `imgae` is not known in spec").And.Contain("ConfigFile/motd: spec.path");
        (await Hub.CallAsync("GET", "twins/checked")).Body!.ToJsonString().Should().Be(before);
    }

    [Fact]
    public async Task Right_ones_removals_and_other_changes_are_accepted()
    {
        await Hub.CreateDeviceAsync("checked-well");

        foreach (var patch in (string[])[Good, """{"tags":{"a":1},"properties":{"desired":{"b":2}}}""", """{"properties":{"desired":{"edgeoperator":{"manifests":{"EdgeModule/web":null}}}}}""", """{"properties":{"desired":{"edgeoperator":null}}}"""])
            (await Hub.CallAsync("PATCH", "twins/checked-well", patch)).Status.Should().Be(HttpStatusCode.OK, patch);
    }

    [Fact]
    public async Task A_module_s_twin_may_hold_anything()
    {
        await Hub.CreateDeviceAsync("checked-not");
        await Hub.CallAsync("PUT", "devices/checked-not/modules/app", """{"deviceId":"checked-not","moduleId":"app"}""");

        (await Hub.CallAsync("PATCH", "twins/checked-not/modules/app", Bad)).Status.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_job_fails_for_the_device_to_which_it_would_write_a_wrong_one()
    {
        await Hub.CreateDeviceAsync("checked-job");

        var update = JsonNode.Parse(Bad)!;
        update["etag"] = "*";
        await Hub.CallAsync("PUT", "jobs/v2/checked-job", new JsonObject { ["type"] = "scheduleUpdateTwin", ["queryCondition"] = "deviceId = 'checked-job'", ["updateTwin"] = update }.ToJsonString());
        var error = "";
        await Eventually.TrueAsync("the job has failed for the device", async () =>
        {
            var found = (await Hub.CallAsync("POST", "devices/query", """{"query":"SELECT * FROM devices.jobs WHERE devices.jobs.jobId = 'checked-job'"}""")).Body as JsonArray;
            error = found?.FirstOrDefault()?["error"]?.ToJsonString() ?? "";
            return error.Length > 0;
        });

        error.Should().Contain("EdgeModule/web: spec.image is missing");
        (await Hub.CallAsync("GET", "twins/checked-job")).Body!["properties"]!["desired"]!["edgeoperator"].Should().BeNull();
    }
}
