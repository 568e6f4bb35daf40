using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Tests.Manifests;

namespace EdgeOperator.Core.Tests.Kinds.EdgeModule.IotEdge;

public sealed class TemplateTests
{
    private const string Built = """{"modulesContent": {"$edgeAgent": {"properties.desired": {"schemaVersion": "1.1", "modules": {"app": {"type": "docker", "settings": {"image": "acme/app:1"}}}}}}}""";

    [Theory]
    [InlineData("moduleContent")]
    [InlineData("ModulesContent")]
    [InlineData("modules")]
    public void What_holds_edgeAgent_is_taken_for_modulesContent_with_a_warning(string name)
    {
        var read = Reading.Files(RenderContext.AnyDevice, ("deployment.json", Built.Replace("modulesContent", name)));

        read.State!.Resources.Should().ContainSingle();
        read.Warnings.Should().ContainSingle().Which.What.Should().Be($"`{name}` is taken for modulesContent, since $edgeAgent stands in it");
    }

    [Theory]
    [InlineData("""{"content": {"moduleContent": {"$edgeAgent": X}}}""")]
    [InlineData("""{"$edgeAgent": X}""")]
    public void So_it_is_wherever_it_may_stand(string document)
    {
        var read = Reading.Files(RenderContext.AnyDevice, ("deployment.json", document.Replace("X", """{"properties.desired": {"schemaVersion": "1.1", "modules": {"app": {"settings": {"image": "acme/app:1"}}}}}""")));

        read.State!.Resources.Should().ContainSingle();
        read.Warnings.Should().ContainSingle();
    }

    [Fact]
    public void Variables_may_stand_wherever_a_value_may_and_are_named()
    {
        var read = Reading.Files(RenderContext.AnyDevice, ("deployment.template.json", """
            {
              "$schema-template": "4.0.0",
              "modulesContent": {"$edgeAgent": {"properties.desired": {
                "schemaVersion": "${SCHEMA}",
                "runtime": {"type": "docker", "settings": {"loggingOptions": "${LOGGING}", "registryCredentials": {"acr": {"username": "$USER_NAME", "password": "$PASSWORD", "address": "$ADDRESS"}}}},
                "modules": {"app": {"type": "docker", "version": "$VERSION", "status": "${STATUS}", "restartPolicy": "${RESTART}", "startupOrder": ${ORDER}, "imagePullPolicy": "$PULL",
                  "env": {"A": {"value": ${A}}}, "settings": {"image": "$ADDRESS/app:${TAG}", "createOptions": ${OPTIONS}}}}}}}
            }
            """));

        read.Problems.Should().BeEmpty();
        read.OpenVariables.Should().Equal("A", "ADDRESS", "LOGGING", "OPTIONS", "ORDER", "PASSWORD", "PULL", "RESTART", "SCHEMA", "STATUS", "TAG", "USER_NAME", "VERSION");
    }

    [Fact]
    public void Variables_get_the_device_s_values_also_without_quotes()
    {
        var device = Reading.Device("d", [], [("ORDER", "3"), ("SCHEMA", "1.1"), ("OPTIONS", """{"HostConfig": {"Privileged": true}}""")]);

        var module = Reading.Files(new RenderContext(device), ("deployment.json", """
            {"modulesContent": {"$edgeAgent": {"properties.desired": {"schemaVersion": "${SCHEMA}", "modules": {
              "app": {"startupOrder": ${ORDER}, "settings": {"image": "acme/app:1", "createOptions": ${OPTIONS}}}}}}}}
            """)).State!.Modules.Single();

        module.Container.StartupOrder.Should().Be(3);
        module.Container.CreateBody.Should().Contain("\"Privileged\":true");
    }

    [Theory]
    [InlineData("${MODULES.app}")]
    [InlineData("${MODULES.app.amd64}")]
    [InlineData("${MODULES.app.arm32v7.debug}")]
    [InlineData("${MODULEDIR<./modules/app>}")]
    [InlineData("${MODULEDIR<../app>.amd64.debug}")]
    public void An_image_that_a_build_names_is_said_to(string image)
    {
        var template = Built.Replace("acme/app:1", image);
        foreach (var context in (RenderContext[])[RenderContext.AnyDevice, new(Reading.Till)])
            Reading.Files(context, ("deployment.template.json", template)).Problems.Should().ContainSingle()
                .Which.Should().Match<Problem>(p => p.What.Contains("names an image that the tools of IoT Edge build") && p.Fix.Contains("config/deployment.PLATFORM.json"));
    }

    [Theory]
    [InlineData("deployment.template.json", "deployment.json")]
    [InlineData("deployment.template.json", "config/deployment.amd64.json")]
    [InlineData("site/deployment.debug.template.json", "site/config/deployment.debug.arm64v8.json")]
    [InlineData("site/template.json", "site/deployment.json")]
    public void A_template_gives_way_to_what_was_built_of_it(string template, string built)
    {
        var read = Reading.Files(RenderContext.AnyDevice, (template, Built.Replace("acme/app:1", "${MODULES.app.amd64}")), (built, Built));

        read.State!.Resources.Should().ContainSingle();
        read.Warnings.Should().ContainSingle().Which.Should().Match<Problem>(w => w.What.StartsWith("it is left out") && w.Fix.StartsWith(built));
    }

    [Fact]
    public void A_template_that_is_asked_for_names_what_was_built_of_it()
    {
        ManifestFile[] files = [Reading.File("deployment.template.json", Built.Replace("acme/app:1", "${MODULES.app.amd64}")) with { IsManifest = true }, Reading.File("deployment.json", Built) with { IsManifest = false }];

        ManifestReader.Read(EdgeOperator.Core.Kinds.RegisteredKinds.All.Manifests, "r", [new("main", [.. files])], RenderContext.AnyDevice)
            .Problems.Should().ContainSingle().Which.Fix.Should().Be("use deployment.json, which the build has made of this template");
    }

    [Fact]
    public void A_template_that_needs_no_build_stays() =>
        Reading.Files(RenderContext.AnyDevice, ("other.template.json", Built), ("deployment.json", Built.Replace("\"app\"", "\"other\""))).State!.Resources.Should().HaveCount(2);

    [Fact]
    public void Create_options_are_read_as_leniently_as_IoT_Edge_reads_them_with_a_warning()
    {
        var read = Reading.Files(RenderContext.AnyDevice, ("deployment.json", Built.Replace("\"image\": \"acme/app:1\"", """
            "image": "acme/app:1", "createOptions": "{HostConfig: {'Privileged': 1, /* all */ Memory: 0x4000000, \"CpuShares\": 512.0,},}"
            """)));

        read.State!.Modules.Single().Container.CreateBody.Should().Contain("\"Privileged\":true").And.Contain("\"Memory\":67108864").And.Contain("\"CpuShares\":512");
        read.Warnings.Should().ContainSingle().Which.What.Should().Be("createOptions is not quite JSON: it has a comma behind the last item, comments, hexadecimal or octal numbers, names without quotes, single quotes");
    }

    [Theory]
    [InlineData("\"createOption\": \"{}\", ", "`createOption` is not known and has no effect", "did you mean `createOptions`?")]
    [InlineData("\"env\": {}, ", "`env` has no effect here", "move it to the module itself")]
    public void A_setting_with_a_wrong_name_or_place_is_warned_of(string settings, string what, string fix) =>
        Reading.Files(RenderContext.AnyDevice, ("deployment.json", Built.Replace("\"image\"", settings + "\"image\""))).Warnings.Should().ContainSingle()
            .Which.Should().Match<Problem>(w => w.What.Contains(what) && w.Fix.Contains(fix));

    [Fact]
    public void The_settings_of_IoT_Edge_s_own_agent_are_warned_of() =>
        Reading.Files(RenderContext.AnyDevice, ("deployment.json", Built.Replace("\"modules\":", """
            "systemModules": {"edgeAgent": {"type": "docker", "settings": {"image": "x", "createOptions": "{}"}, "env": {"UpstreamProtocol": {"value": "MQTT"}}}}, "modules":
            """))).Warnings.Should().ContainSingle().Which.What.Should().Be("edgeAgent's env has no effect: this agent is in its place");
}
