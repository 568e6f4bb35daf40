namespace EdgeOperator.Core.Tests.Manifests;

public sealed class EnvelopeTests
{
    [Theory]
    [InlineData("- a", "a manifest must be a mapping, not a list (a.yaml:1:1)")]
    [InlineData("text", "a manifest must be a mapping, not the string `text` (a.yaml:1:1)")]
    [InlineData("name: x", "this is no manifest: apiVersion and kind are missing (a.yaml:1:1)")]
    [InlineData("kind: EdgeModule", "apiVersion is missing (a.yaml:1:1): add `apiVersion: edgeoperator.io/v1alpha1`")]
    [InlineData("apiVersion: apps/v1\nkind: EdgeModule", "the apiVersion `apps/v1` is not known (a.yaml:1:13): write `edgeoperator.io/v1alpha1`")]
    [InlineData("apiVersion: edgeoperator.io/v1alpha1", "kind is missing (a.yaml:1:1)")]
    [InlineData("apiVersion: edgeoperator.io/v1alpha1\nkind: [a]", "kind must be a word, not a list (a.yaml:2:7)")]
    [InlineData("apiVersion: edgeoperator.io/v1alpha1\nkind: EdgeModul", "the kind `EdgeModul` is not known (a.yaml:2:7): did you mean `EdgeModule`?")]
    [InlineData("apiVersion: edgeoperator.io/v1alpha1\nkind: Deployment", "the kind `Deployment` is not known (a.yaml:2:7): the kinds are EdgeModule, ConfigFile, FunctionApp, VirtualMachine, SystemUpdate, Secret, AgentConfiguration")]
    [InlineData("apiVersion: edgeoperator.io/v1alpha1\nkind: Device", "the kind Device is not supported by this version (a.yaml:2:7)")]
    [InlineData("apiVersion: edgeoperator.io/v1alpha1\nkind: Device\nspec: {x: y}", "the kind Device is not supported by this version (a.yaml:2:7)")]
    public void A_document_says_what_it_is(string yaml, string problem) =>
        Reading.Yaml(yaml).Complaints().Should().StartWith(problem);

    [Theory]
    [InlineData("Web")]
    [InlineData("-web")]
    [InlineData("web.1")]
    [InlineData("web_1")]
    public void A_name_is_a_DNS_label(string name) =>
        Reading.Yaml(Reading.Module(name: name)).Complaints().Should().Be(
            $"metadata.name must be a name of lower-case letters, digits and `-` that starts and ends with a letter or digit, not the string `{name}` (a.yaml:4:9): correct the value");

    [Fact]
    public void A_name_has_at_most_63_characters()
    {
        Reading.Yaml(Reading.Module(name: new('a', 63))).Problems.Should().BeEmpty();
        Reading.Yaml(Reading.Module(name: new('a', 64))).Complaints().Should().EndWith("shorten it to 63 characters");
    }

    [Fact]
    public void A_manifest_needs_metadata_and_a_spec() =>
        Reading.Yaml("apiVersion: edgeoperator.io/v1alpha1\nkind: EdgeModule\nspec:\n").Complaints().Should().Be(
            """
            metadata is missing (a.yaml:1:1): add `metadata`, a mapping
            spec is missing (a.yaml:3:1): add `spec`, a mapping
            """);

    [Fact]
    public void Every_problem_is_reported_at_once() =>
        Reading.Yaml(
            """
            apiVersion: edgeoperator.io/v1alpha1
            kind: EdgeModule
            metadata: {name: Web, owner: me}
            spec:
              imgae: nginx
              ports: 80
              restartPolicy: sometimes
              resources: {memory: 64MB, cpus: lots}
              health: {http: {port: 0}, tcp: {}}
            status: {}
            """).Complaints().Should().Be(
            """
            metadata.name must be a name of lower-case letters, digits and `-` that starts and ends with a letter or digit, not the string `Web` (a.yaml:3:18): correct the value
            the field `owner` is not known in metadata (a.yaml:3:23): remove it; known here: name, labels, annotations
            the field `imgae` is not known in spec (a.yaml:5:3): did you mean `image`?
            spec.image is missing (a.yaml:5:3): add `image`, a string
            spec.ports must be a list, not the number 80 (a.yaml:6:10): write [80], or a line with `- ` for each item
            spec.restartPolicy must be `always` or `on-unhealthy` or `on-failed` or `never`, not the string `sometimes` (a.yaml:7:18): choose one of these words
            spec.resources.memory must be an amount of memory of at least 6291456 bytes, such as `64Mi` or `1G`, not the string `64MB` (a.yaml:8:23): write `Mi` (1024 × 1024 bytes) or `M` (a million bytes)
            spec.resources.cpus must be a number of processors of at least 0.01, such as `0.5` or `500m`, not the string `lots` (a.yaml:8:35): correct the value
            spec.health.http.port must be a port from 1 to 65535, not the number 0 (a.yaml:9:25): choose a number in the range
            spec.health takes only one of `exec`, `http`, `tcp` (a.yaml:9:29): keep one of them
            spec.health.tcp.port is missing (a.yaml:9:34): add `port`, a port from 1 to 65535
            the field `status` is not known (a.yaml:10:1): remove it; known here: apiVersion, kind, metadata, spec
            """);
}
