using System.Text;
using EdgeOperator.Core.Hub;
using EdgeOperator.Testing;
using k8s;
using k8s.Models;

namespace EdgeOperator.Hub.Tests.Chart;

/// <summary>The Helm chart, rendered by helm: Kubernetes knows every field, and the hub every field of its own file.</summary>
public sealed class ChartTests
{
    private const string Least = "hostName: hub.example.com\npostgresql: {host: db.example.com}\n";

    private const string Most =
        """
        hostName: hub.example.com
        replicas: 3
        postgresql: {host: db.example.com, tls: verify, caSecret: {name: database-ca, key: ca.crt}}
        tlsSecret: hub-tls
        extraSecrets: [smtp]
        imagePullSecrets: [{name: registry}]
        service: {annotations: {example.com/a: b}, loadBalancerSourceRanges: [10.0.0.0/8]}
        serviceAccount: {annotations: {example.com/role: hub}}
        podLabels: {team: edge}
        nodeSelector: {kubernetes.io/os: linux}
        tolerations: [{key: dedicated, operator: Exists}]
        networkPolicy:
          databaseSelector: {matchLabels: {app: db}}
          metricsFrom: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}}]
          egress: [{ports: [{port: 587, protocol: TCP}]}]
        config:
          portal: {url: "https://hub.example.com"}
          alerts: {email: {host: mail.example.com, user: hub, passwordFile: /etc/edgeop-hub/secrets/smtp/password, from: hub@example.com, to: [ops@example.com]}}
        """;

    [Theory]
    [InlineData(Least)]
    [InlineData(Most)]
    [InlineData(Least + "replicas: 1\nmetrics: {enabled: false}\nnetworkPolicy: {enabled: false}\nservice: {type: ClusterIP}\n")]
    public async Task Kubernetes_knows_every_field_and_the_hub_every_field_of_its_file(string values)
    {
        var objects = await RenderAsync(values);

        var file = objects.OfType<V1ConfigMap>().Single().Data["hub.yaml"];
        var (configuration, problems) = HubConfigurationReader.Read(new("hub.yaml", Encoding.UTF8.GetBytes(file)), "elsewhere");
        problems.Should().BeEmpty(file);
        (configuration!.HostName, configuration.Storage.Postgresql!.Host, configuration.Replica.Address).Should().Be(("hub.example.com", "db.example.com", "auto"));
        (await HelmUnderTest.RunAsync("lint", "--strict", HelmUnderTest.Folder, "--set", "hostName=hub.example.com,postgresql.host=db.example.com")).Should().Contain("0 chart(s) failed");
    }

    [Fact]
    public async Task Pods_may_do_nothing_that_they_don_t_need_and_are_replaced_one_by_one()
    {
        var objects = await RenderAsync(Most);

        var pod = objects.OfType<V1Deployment>().Single().Spec.Template.Spec;
        var container = pod.Containers.Single();
        (pod.SecurityContext.RunAsNonRoot, pod.AutomountServiceAccountToken, container.SecurityContext.ReadOnlyRootFilesystem, container.SecurityContext.AllowPrivilegeEscalation).Should().Be((true, false, true, false));
        container.SecurityContext.Capabilities.Drop.Should().Equal("ALL");
        objects.OfType<V1PodDisruptionBudget>().Single().Spec.MaxUnavailable.Value.Should().Be("1");
        objects.OfType<V1Deployment>().Single().Spec.Strategy.RollingUpdate.MaxUnavailable.Value.Should().Be("0");
        objects.OfType<V1Service>().Single().Spec.Ports.Select(port => port.Port).Should().Equal(8883, 443);
        objects.OfType<V1NetworkPolicy>().Single().Spec.PolicyTypes.Should().Equal("Ingress", "Egress");
        objects.OfType<V1Secret>().Should().BeEmpty("secrets are referred to, and never in the chart");
    }

    [Fact]
    public async Task What_is_mounted_is_there_and_every_port_that_is_named_exists()
    {
        var objects = await RenderAsync(Most);

        var pod = objects.OfType<V1Deployment>().Single().Spec.Template.Spec;
        var ports = pod.Containers.Single().Ports.Select(port => port.Name).ToList();
        pod.Containers.Single().VolumeMounts.Select(mount => mount.Name).Distinct().Should().BeEquivalentTo(pod.Volumes.Select(volume => volume.Name));
        objects.OfType<V1Service>().Single().Spec.Ports.Select(port => port.TargetPort.Value).Should().BeSubsetOf(ports);
        var selector = objects.OfType<V1Service>().Single().Spec.Selector;
        objects.OfType<V1Deployment>().Single().Spec.Template.Metadata.Labels.Should().Contain(selector).And.Contain("team", "edge");
        pod.Volumes.Single(volume => volume.Name == "identity").Secret.Items.Select(item => item.Path).Should().Equal("secrets.key", "ca.pem", "ca.key");
    }

    [Theory]
    [InlineData("postgresql: {host: db}\n", "hostName")]
    [InlineData("hostName: h\n", "host")]
    [InlineData(Least + "replica: 3\n", "replica")]
    [InlineData(Least + "config: {storage: {}}\n", "config")]
    public async Task What_is_missing_or_misspelt_is_said(string values, string problem)
    {
        using var folder = new TempFolder("chart");
        folder.Write("values.yaml", values);

        var render = () => HelmUnderTest.RunAsync("template", "hub", HelmUnderTest.Folder, "--values", folder.File("values.yaml"));

        (await render.Should().ThrowAsync<Exception>()).Which.Message.Should().Contain(problem);
    }

    // Strict: a field that Kubernetes does not know is refused.
    private static async Task<List<object>> RenderAsync(string values)
    {
        using var folder = new TempFolder("chart");
        folder.Write("values.yaml", values);
        var text = await HelmUnderTest.RunAsync("template", "hub", HelmUnderTest.Folder, "--namespace", "edge", "--values", folder.File("values.yaml"));
        return KubernetesYaml.LoadAllFromString(text, null, strict: true);
    }
}
