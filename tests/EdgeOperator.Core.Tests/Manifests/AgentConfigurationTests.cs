using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Tests.Manifests;

public sealed class AgentConfigurationTests
{
    [Fact]
    public void Everything_but_the_device_has_the_default_that_the_record_names()
    {
        var expected = new AgentConfiguration
        {
            Device = Reading.Device("till-1", [], []),
            Files = new() { ProtectedFiles = [StandardPaths.Configuration, "agent.yaml"] },
        };

        Configuration("device: {name: till-1}").Should().BeEquivalentTo(expected, options => options.ComparingByMembers<AgentConfiguration>());
    }

    [Fact]
    public void Every_section_is_read()
    {
        var configuration = Configuration(
            """
            device:
              name: Till_1.shop
              labels: {site: berlin}
              vars: {port: 80, greeting: "${kept}"}
            engine: {socket: "unix:///run/docker.sock", owner: second, registryAuthFile: /etc/auth.json, collectImages: false}
            images: {verify: [{match: "r.example/*", keys: [/etc/a.pub, /etc/b.pub]}, {match: "docker.io/library/busybox", mode: none}, {match: "*", mode: reject}]}
            stateDirectory: /data
            api: {socket: /run/x.sock, metrics: off}
            reconcile: {interval: 1m, parallelism: 2, deadline: 10m, stableFor: 0s, keepRevisions: 9, allowEmpty: true}
            files: {allowedRoots: [/etc/shop]}
            virtualMachines: {directory: /vms, sharedRoots: [/srv/shared], powerShell: "C:/ps.exe", wsl: /bin/wsl}
            telemetry: {otlpEndpoint: "http://127.0.0.1:4318", otlpProtocol: http/protobuf}
            """);

        configuration.Should().BeEquivalentTo(new AgentConfiguration
        {
            Device = Reading.Device("Till_1.shop", [("site", "berlin")], [("port", "80"), ("greeting", "${kept}")]),
            Engine = new() { Socket = "unix:///run/docker.sock", Owner = "second", RegistryAuthFile = "/etc/auth.json", CollectImages = false },
            Images = new() { Verify = [new("r.example/*", ImageVerification.Signed, ["/etc/a.pub", "/etc/b.pub"]), new("docker.io/library/busybox", ImageVerification.None, []), new("*", ImageVerification.Reject, [])] },
            StateDirectory = "/data",
            Api = new() { Socket = "/run/x.sock", Metrics = "off" },
            Reconcile = new() { Interval = TimeSpan.FromMinutes(1), Parallelism = 2, Deadline = TimeSpan.FromMinutes(10), StableFor = TimeSpan.Zero, KeepRevisions = 9, AllowEmpty = true },
            Files = new()
            {
                AllowedRoots = ["/etc/shop"],
                ProtectedFiles = [StandardPaths.Configuration, "agent.yaml", "/etc/a.pub", "/etc/b.pub", "/etc/auth.json"],
            },
            VirtualMachines = new() { Directory = "/vms", SharedRoots = ["/srv/shared"], PowerShell = "C:/ps.exe", Wsl = "/bin/wsl" },
            Telemetry = new() { OtlpEndpoint = "http://127.0.0.1:4318", OtlpProtocol = "http/protobuf" },
        });
    }

    [Fact]
    public void The_engine_may_be_just_its_socket() =>
        Configuration("device: {name: d}\nengine: unix:///run/podman.sock").Engine.Should().Be(new EngineConfiguration { Socket = "unix:///run/podman.sock" });

    [Theory]
    [InlineData("device: {}", "spec.device.name is missing")]
    [InlineData("device: {name: d}\nengine: docker", "spec.engine.socket must be `auto`, `unix:///path` or `npipe:////./pipe/name`, not the string `docker` (agent.yaml:6:11)")]
    [InlineData("device: {name: d}\napi: {socket: \"unix:///run/x.sock\"}", "spec.api.socket must be the absolute path of a Unix socket (not an address), or on Windows a pipe such as `\\\\.\\pipe\\edgeop`, not the string `unix:///run/x.sock` (agent.yaml:6:17)")]
    [InlineData("device: {name: d}\napi: {socket: run/x.sock}", "spec.api.socket must be the absolute path of a Unix socket")]
    [InlineData("device: {name: d}\napi: {socket: /run/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx.sock}", "shorten it to 107 characters")]
    [InlineData("device: {name: d}\napi: {metrics: yes}", "spec.api.metrics must be `host:port` or `off`")]
    [InlineData("device: {name: d}\nreconcile: {parallelism: 65}", "spec.reconcile.parallelism must be a whole number from 1 to 64, not the number 65")]
    [InlineData("device: {name: d, labels: {a b: c}}", "`a b` in spec.device.labels is not a label's key")]
    [InlineData("device: {name: d, vars: {a: [1]}}", "spec.device.vars.a must be text, not a list")]
    [InlineData("device: {name: d}\nimages: {verify: [{match: \"*\"}]}", "spec.images.verify[0] needs one of `keys`, `mode`")]
    [InlineData("device: {name: d}\nimages: {verify: [{match: \"*\", keys: [/a], mode: none}]}", "spec.images.verify[0] takes only one of `keys`, `mode`")]
    [InlineData("device: {name: d}\nimages: {verify: [{match: \"*\", keys: []}]}", "spec.images.verify[0].keys is empty")]
    [InlineData("device: {name: d}\nimages: {verify: [{match: r.example/App, mode: reject}]}", "spec.images.verify[0].match must be a registry and repository in lower case")]
    [InlineData("device: {name: d}\nsource: []", "did you mean `sources`?")]
    public void A_wrong_value_is_refused(string spec, string problem) => Problems(spec).Should().Contain(problem);

    [Theory]
    [InlineData("", "the agent's own file holds no manifest (agent.yaml): start with")]
    [InlineData("- a", "the agent's own file holds no manifest")]
    [InlineData("a: 1\n---\nb: 1", "the agent's own file holds more than one document (agent.yaml:3:1)")]
    [InlineData("apiVersion: edgeoperator.io/v1alpha1\nkind: EdgeModule", "the agent's own file holds a manifest of kind EdgeModule (agent.yaml:1:1): write `kind: AgentConfiguration`")]
    [InlineData("{", "not valid YAML")]
    public void The_file_holds_one_configuration(string text, string problem)
    {
        var result = AgentConfigurationReader.Read(Reading.File("agent.yaml", text));

        result.Configuration.Should().BeNull();
        string.Join('\n', result.Problems).Should().StartWith(problem);
    }

    [Fact]
    public void The_file_may_be_JSON() =>
        AgentConfigurationReader.Read(Reading.File(
            "agent.json", """{"apiVersion": "edgeoperator.io/v1alpha1", "kind": "AgentConfiguration", "spec": {"device": {"name": "d"}}}"""))
            .Configuration!.Device.Name.Should().Be("d");

    internal static AgentConfiguration Configuration(string spec)
    {
        var result = Read(spec);
        result.Problems.Should().BeEmpty();
        return result.Configuration!;
    }

    internal static string Problems(string spec)
    {
        var result = Read(spec);
        result.Configuration.Should().BeNull();
        return string.Join('\n', result.Problems);
    }

    private static AgentConfigurationResult Read(string spec) => AgentConfigurationReader.Read(Reading.File(
        "agent.yaml",
        $"apiVersion: edgeoperator.io/v1alpha1\nkind: AgentConfiguration\nmetadata: {{name: agent}}\nspec:\n  {spec.ReplaceLineEndings("\n  ")}\n"));
}
