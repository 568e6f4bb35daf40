using EdgeOperator.EndToEndTests.Support;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.EndToEndTests;

/// <summary>A deployment manifest as it comes from IoT Hub is taken as it is.</summary>
[Collection(AtSite.Name)]
public class IotEdgeTests(Site site)
{
    [Fact]
    public async Task An_unmodified_deployment_manifest_runs()
    {
        using var repository = await Repository.CreateAsync();
        await using var device = site.NewDevice(repository.Url);
        var commit = await repository.CommitAsync(("deployment.json", Deployment()));

        await device.StartAsync();
        await device.ReachesAsync(commit);

        (await device.ContainersAsync()).Select(c => (c.Name, c.State)).Should().BeEquivalentTo(
            [("edgeHub", "running"), ("tempSensor", "running")], "edgeAgent's place is the agent's own");
        (await site.ExecuteAsync("tempSensor", "env")).Should().Contain("MessageCount=-1\n").And.Contain("FROM_OPTIONS=yes\n");
        (await site.DockerAsync("inspect", "-f", "{{.HostConfig.LogConfig.Config}} {{.HostConfig.Memory}}", "tempSensor")).Trim()
            .Should().Be("map[max-size:10m] 67108864");
    }

    private string Deployment() => """
        {
          "modulesContent": {
            "$edgeAgent": {
              "properties.desired": {
                "schemaVersion": "1.1",
                "runtime": {"type": "docker", "settings": {"minDockerVersion": "v1.25", "loggingOptions": "", "registryCredentials": {}}},
                "systemModules": {
                  "edgeAgent": {"type": "docker", "settings": {"image": "REGISTRY/sleeper:1", "createOptions": "{}"}},
                  "edgeHub": {
                    "type": "docker", "status": "running", "restartPolicy": "always", "startupOrder": 0,
                    "settings": {"image": "REGISTRY/sleeper:1", "createOptions": ""}
                  }
                },
                "modules": {
                  "tempSensor": {
                    "version": "1.0", "type": "docker", "status": "running", "restartPolicy": "on-unhealthy", "startupOrder": 2,
                    "env": {"MessageCount": {"value": "-1"}},
                    "settings": {
                      "image": "REGISTRY/healthy:1",
                      "createOptions": "{\"Env\":[\"FROM_OPTIONS=yes\"],\"HostConfig\":{\"Memory\":67108864,\"LogConfig\":{\"Type\":\"json-file\",\"Config\":{\"max-size\":\"10m\"}}}}"
                    }
                  }
                }
              }
            },
            "$edgeHub": {
              "properties.desired": {
                "schemaVersion": "1.1",
                "routes": {"up": "FROM /messages/* INTO $upstream"},
                "storeAndForwardConfiguration": {"timeToLiveSecs": 7200}
              }
            },
            "tempSensor": {"properties.desired": {"SendInterval": 5}}
          }
        }
        """.Replace("REGISTRY", site.Registry.Address, StringComparison.Ordinal);
}
