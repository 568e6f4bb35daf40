using System.Text.Json.Nodes;
using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Nodes;

namespace EdgeOperator.Core.Tests.Manifests;

public sealed class JsonSchemaTests
{
    public static TheoryData<string> AllKinds => new("EdgeModule", "ConfigFile", "FunctionApp", "VirtualMachine", "AgentConfiguration");

    [Theory]
    [MemberData(nameof(AllKinds))]
    public void Every_property_has_a_description(string kind)
    {
        var schema = JsonSchema.For(RegisteredKinds.All.Manifests, kind)!;

        schema["$schema"]!.ToString().Should().Be("https://json-schema.org/draft/2020-12/schema");
        schema["title"]!.ToString().Should().Be(kind);
        Properties(schema).Where(p => p.Value?["description"] is null && p.Key != "value").Select(p => p.Key).Should().BeEmpty();
    }

    [Fact]
    public void There_is_no_schema_for_an_unknown_kind() => JsonSchema.For(RegisteredKinds.All.Manifests, "Pod").Should().BeNull();

    [Fact]
    public void Defaults_stand_in_the_users_words()
    {
        var spec = JsonSchema.For(RegisteredKinds.All.Manifests, "EdgeModule")!["properties"]!["spec"]!["properties"]!;

        spec["restartPolicy"]!["default"]!.ToString().Should().Be("on-unhealthy");
        spec["startupOrder"]!["default"]!.ToJsonString().Should().Be("4294967295");
    }

    [Theory]
    [MemberData(nameof(GoodDocuments))]
    public void What_is_read_without_problems_fits_the_schema(string yaml)
    {
        Reading.Files(RenderContext.AnyDevice, ("a.yaml", yaml)).Problems.Where(p => !p.What.StartsWith("the source has no file", StringComparison.Ordinal) && !p.What.Contains(" depends on ", StringComparison.Ordinal)).Should().BeEmpty();
        foreach (var document in Documents(yaml))
        {
            SchemaCheck.Complaints(JsonSchema.All(RegisteredKinds.All.Manifests), document).Should().BeEmpty();
            SchemaCheck.Complaints(JsonSchema.For(RegisteredKinds.All.Manifests, document["kind"]!.ToString())!, document).Should().BeEmpty();
        }
    }

    [Theory]
    [InlineData("usr: root")]
    [InlineData("startupOrder: first")]
    [InlineData("startupOrder: -1")]
    [InlineData("restartPolicy: sometimes")]
    [InlineData("ports: 80")]
    [InlineData("env: {A: [1]}")]
    [InlineData("volumes: [data]")]
    [InlineData("health: {http: {port: 80}, tcp: {port: 80}}")]
    [InlineData("health: {http: {}}")]
    [InlineData("resources: {memory: 64MB}")]
    [InlineData("stopTimeout: 30")]
    [InlineData("user: \"\"")]
    [InlineData("dependsOn: [db]")]
    [InlineData("labels: {edgeoperator.io/x: y}")]
    [InlineData("deviceSelector: {matchExpressions: [{key: a, operator: In}]}")]
    [InlineData("deviceSelector: {matchExpressions: [{key: a, operator: Exists, values: [b]}]}")]
    public void What_is_refused_does_not_fit_the_schema_either(string spec)
    {
        var yaml = Reading.Module(spec);

        Reading.Yaml(yaml).Problems.Should().NotBeEmpty();
        SchemaCheck.Complaints(JsonSchema.All(RegisteredKinds.All.Manifests), Documents(yaml).Single()).Should().NotBeEmpty();
    }

    public static TheoryData<string> GoodDocuments =>
    [
        Reading.Module(),
        Reading.Module("env: {A: 1, B: {value: x}}\nports: [80, \"8080:80\", {container: 1}]\nvolumes: [\"a1:/b\", {source: /x, path: /y, readOnly: true}]\nresources: {cpus: 500m, memory: 64Mi}"),
        Reading.Module("env: [{name: A, value: x}]\nhealth: {exec: {command: [a]}, interval: 5s}\nstopTimeout: 1m30s\nrestartPolicy: never\ncreateOptions: {Env: [A=b]}"),
        Reading.Module("startupOrder: ${vars.x}\nreadOnly: ${vars.y}\nhealth: {tcp: {port: 80}, retries: 2, stableFor: 10s}\ncreateOptions: '{}'"),
        Reading.Module("deviceSelector: {matchLabels: {a: b}, matchExpressions: [{key: a, operator: In, values: [c]}, {key: d, operator: Exists}]}\ndependsOn: [EdgeModule/db]"),
        Reading.ConfigFile("content: 5\nmode: 0644\nowner: root:root\nonChange: {run: [a]}"),
        Reading.ConfigFile("source: x\nmode: 600\nonChange: {reloadUnit: a.service}"),
        Reading.Machine(),
        Reading.Machine("driver: auto\ncpus: 2\nmemory: 512Mi\nnetwork: {mode: bridge, interface: br0, address: 10.1.0.2/16, gateway: 10.1.0.1, dns: [\"::1\"]}\npower: stopped"),
        Reading.Machine("network: {forwards: [\"8080:80\", \"0.0.0.0:53:53/udp\", {host: 81, guest: 82}]}\nsharedFolders: [{host: /srv/a, guest: /mnt/a, readOnly: true}]\ninterop: {env: [A, B/pl], programs: {df.exe: /bin/df}}"),
        Reading.Machine($"provisioning: {{files: [{{path: /etc/a, content: x, mode: 0600}}], users: [{{name: app, sshKeys: [\"{Reading.SshKey}\"], groups: [docker]}}], commands: [\"true\"]}}\nuser: app"),
        "apiVersion: edgeoperator.io/v1alpha1\nkind: AgentConfiguration\nspec:\n  device: {name: d, labels: {a: b}, vars: {c: 5}}\n  engine: auto\n  sources:\n  - git: {url: /x, ref: main, verify: {mode: signed, keys: {gpgKeyring: /k}}}\n  - directory: {path: /x}\n    name: y\n",
        "apiVersion: edgeoperator.io/v1alpha1\nkind: AgentConfiguration\nmetadata: {name: a}\nspec:\n  device: {name: d}\n  engine: {socket: auto, owner: x}\n  sources:\n  - git: {url: https://h/x, ref: {semver: 1.x}, verify: {mode: none}, maxFileSize: 1Mi}\n",
    ];

    private static JsonNode[] Documents(string yaml) =>
        [.. YamlReader.Read(Reading.File("a.yaml", yaml), new()).Select(n => n.ToJson()!)];

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Properties(JsonNode? node) => node switch
    {
        JsonObject map => (map["properties"] is JsonObject properties && map["additionalProperties"] is not null ? properties : [])
            .Concat(map.SelectMany(entry => Properties(entry.Value))),
        JsonArray list => list.SelectMany(Properties),
        _ => [],
    };
}
