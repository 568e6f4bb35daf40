using System.Collections.Immutable;
using System.Text;
using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Tests.Kinds.EdgeModule.IotEdge;

/// <summary>Deployment manifests among a source's other files.</summary>
public sealed class DeploymentReadingTests
{
    private const string Deployment = """
        {"modulesContent": {"$edgeAgent": {"properties.desired": {
          "schemaVersion": "1.1",
          "runtime": {"settings": {"registryCredentials": {"plant": {"username": "u", "password": "secret", "address": "plant.azurecr.io"}}}},
          "modules": {"Sensor_A": {"type": "docker", "settings": {"image": "${IMAGE}", "createOptions": "{\"Env\": [\"SITE=${SITE}\"]}"}}}
        }}}}
        """;

    [Fact]
    public void A_deployment_manifest_stands_beside_other_manifests_and_they_may_depend_on_its_modules()
    {
        var result = Read(Press, ("deployment.json", Deployment), ("app.yaml", """
            apiVersion: edgeoperator.io/v1alpha1
            kind: EdgeModule
            metadata: {name: app}
            spec:
              image: busybox
              dependsOn: [EdgeModule/Sensor_A]
            """));

        result.Problems.Should().BeEmpty();
        result.State!.Resources.Keys.Select(id => id.ToString()).Should().Equal("EdgeModule/Sensor_A", "EdgeModule/app");
        result.State.Modules.First().Container.CreateBody.Should().Contain("SITE=oslo");
        result.State.RegistryCredentials.Should().Equal(new RegistryCredential("plant.azurecr.io", "u", "secret"));
    }

    [Fact]
    public void A_deployment_manifest_may_be_YAML() =>
        Read(Press, ("deployment.yaml", """
            modulesContent:
              $edgeAgent:
                properties.desired:
                  schemaVersion: "1.0"
                  modules:
                    sensor: {type: docker, settings: {image: busybox, createOptions: {Cmd: [sleep, "9"]}}}
            """)).State!.Resources.Should().ContainSingle();

    [Fact]
    public void A_module_that_another_file_defines_too_is_a_problem_at_both_places() =>
        string.Join('\n', Read(Press, ("a.json", Deployment), ("b.json", Deployment)).Problems).Should()
            .Contain("EdgeModule/Sensor_A is defined twice (b.json:4:15)").And.Contain("a.json:4:15");

    [Fact]
    public void A_placeholder_without_a_value_is_a_problem_that_names_it_and_its_place() =>
        string.Join('\n', Read(new DeviceIdentity("press", Empty, Empty.Add("IMAGE", "busybox")), ("d.json", Deployment)).Problems).Should()
            .Contain("`SITE` (d.json:4:97)");

    [Fact]
    public void Without_a_device_placeholders_are_accepted() =>
        Read(null, ("d.json", Deployment)).Problems.Should().BeEmpty();

    [Fact]
    public void A_password_is_never_in_the_text_of_a_credential_or_of_a_state()
    {
        var state = Read(Press, ("d.json", Deployment)).State!;
        state.RegistryCredentials.Single().ToString().Should().Be("RegistryCredential { Address = plant.azurecr.io, Username = u, Password = *** }");
        state.ToString().Should().NotContain("secret");
    }

    private static ImmutableSortedDictionary<string, string> Empty => ImmutableSortedDictionary<string, string>.Empty;

    private static DeviceIdentity Press => new("press", Empty, Empty.Add("IMAGE", "busybox").Add("SITE", "oslo"));

    private static ReadResult Read(DeviceIdentity? device, params (string Path, string Text)[] files) => ManifestReader.Read(RegisteredKinds.All.Manifests,
        "r1", [new("repo", [.. files.Select(file => new ManifestFile(file.Path, Encoding.UTF8.GetBytes(file.Text)))])], new(device));
}
