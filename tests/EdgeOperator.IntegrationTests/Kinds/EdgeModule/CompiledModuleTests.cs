using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Kinds.EdgeModule.Compiling;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;

namespace EdgeOperator.IntegrationTests.Kinds.EdgeModule;

/// <summary>What manifests say is what the engine has, from the file to the running container.</summary>
[Collection(SharedEngine.Name)]
public class CompiledModuleTests(EngineFixture fixture)
{
    [Fact]
    public async Task Each_plain_field_arrives()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var (first, second, volume) = (agent.Name("first"), agent.Name("second"), agent.Name("data"));

        var seen = await RunAsync(agent, $$"""
            apiVersion: edgeoperator.io/v1alpha1
            kind: EdgeModule
            metadata: {name: {{agent.Name("plain")}}}
            spec:
              image: {{fixture.Sleeper}}
              command: [/bin/sh, -c]
              args: ["exec sleep 600"]
              workingDir: /tmp
              user: "1000:1000"
              readOnly: true
              env: {A: "1", B: two}
              labels: {site: oslo}
              ports: ["127.0.0.1::8080/tcp"]
              volumes: ["{{volume}}:/data", "/etc/hostname:/host:ro"]
              networks: [{{first}}, {{second}}]
              resources: {cpus: 0.5, memory: 64Mi}
              restartPolicy: on-failed
              health: {exec: {command: [/bin/true]}, interval: 2s, retries: 4}
            """);

        Fields(seen["Config"]!, "Entrypoint", "Cmd", "WorkingDir", "User").Should().Be("""["/bin/sh","-c"] ["exec sleep 600"] "/tmp" "1000:1000" """.TrimEnd());
        seen["Config"]!["Env"]!.AsArray().Select(e => (string)e!).Should().Contain(["A=1", "B=two"]);
        seen["Config"]!["Healthcheck"]!.ToJsonString().Should().Be("""{"Test":["CMD","/bin/true"],"Interval":2000000000,"Retries":4}""");
        ((string)seen["Config"]!["Labels"]!["site"]!).Should().Be("oslo");
        Fields(seen["HostConfig"]!, "ReadonlyRootfs", "NanoCpus", "Memory", "RestartPolicy").Should().Be(
            """true 500000000 67108864 {"Name":"on-failure","MaximumRetryCount":0}""");
        seen["Mounts"]!.AsArray().Select(m => ((string)m!["Destination"]!, (bool)m["RW"]!)).Should().BeEquivalentTo([("/data", true), ("/host", false)]);
        seen["NetworkSettings"]!["Networks"]!.AsObject().Select(n => n.Key).Should().BeEquivalentTo(first, second);
        seen["NetworkSettings"]!["Networks"]!.AsObject().Should().OnlyContain(n => n.Value!["Aliases"]!.AsArray().Any(a => (string)a! == agent.Name("plain")));
        ((string)seen["NetworkSettings"]!["Ports"]!["8080/tcp"]![0]!["HostIp"]!).Should().Be("127.0.0.1");
    }

    [Fact]
    public async Task What_createOptions_say_arrives()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var options = new JsonObject
        {
            ["Hostname"] = "press",
            ["StopSignal"] = "SIGINT",
            ["hostconfig"] = JsonNode.Parse("""
                {
                  "CapAdd": ["NET_ADMIN"], "CapDrop": ["MKNOD"], "SecurityOpt": ["no-new-privileges"], "ShmSize": 33554432, "PidsLimit": 50,
                  "Ulimits": [{"Name": "nofile", "Soft": 512, "Hard": 1024}], "Tmpfs": {"/scratch": "size=1m"}, "Init": true,
                  "ExtraHosts": ["hub:10.9.8.7"], "Sysctls": {"net.ipv4.ip_unprivileged_port_start": "80"}, "GroupAdd": ["20"],
                  "Devices": [{"PathOnHost": "/dev/zero", "PathInContainer": "/dev/nothing", "CgroupPermissions": "r"}],
                  "LogConfig": {"Type": "json-file", "Config": {"max-size": "1m"}}, "OomScoreAdj": 100, "CpuShares": 512
                }
                """),
        };

        var seen = await RunAsync(agent, new JsonObject
        {
            ["apiVersion"] = KindNames.ApiVersion,
            ["kind"] = KindNames.EdgeModule,
            ["metadata"] = new JsonObject { ["name"] = agent.Name("options") },
            ["spec"] = new JsonObject { ["image"] = fixture.Sleeper, ["createOptions"] = options.ToJsonString() },
        }.ToJsonString());

        ((string)seen["Config"]!["Hostname"]!).Should().Be("press");
        ((string)seen["Config"]!["StopSignal"]!).Should().Be("SIGINT");
        foreach (var (field, value) in options["hostconfig"]!.AsObject())
            JsonNode.DeepEquals(Sorted(seen["HostConfig"]![field]), Sorted(value)).Should().BeTrue($"{field} is {seen["HostConfig"]![field]}");
    }

    /// <summary>Runs the only module of a manifest, with the networks and volumes that it needs.</summary>
    /// <returns>The container as the engine describes it.</returns>
    private async Task<JsonNode> RunAsync(Agent agent, string manifest)
    {
        var read = ManifestReader.Read(RegisteredKinds.All.Manifests, "rev1", [new("test", [new("module.yaml", Encoding.UTF8.GetBytes(manifest))])], RenderContext.AnyDevice);
        read.Problems.Should().BeEmpty();
        var module = read.State!.Modules.Single();
        foreach (var step in (ImmutableArray<Step>)
            [
                .. module.Container.Networks.Select(network => new CreateNetwork(module.Id, "test", network)),
                .. module.Container.Volumes.Select(volume => new CreateVolume(module.Id, "test", volume)),
            ])
            (await agent.DoAsync(step)).Should().BeOfType<StepOutcome.Succeeded>();
        var id = await agent.RunAsync(module);
        return JsonNode.Parse(await fixture.Engine.Http.GetStringAsync(new Uri($"containers/{id}/json", UriKind.Relative)))!;
    }

    private static string Fields(JsonNode node, params string[] names) => string.Join(' ', names.Select(name => node[name]!.ToJsonString()));

    private static JsonNode? Sorted(JsonNode? node) => node is null ? null : JsonNode.Parse(CanonicalJson.Write(node));
}
