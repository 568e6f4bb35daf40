using System.Text.Json.Nodes;
using EdgeOperator.EndToEndTests.Support;
using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.EndToEndTests;

/// <summary>The verbs that need no agent: check, plan and apply a folder, or what the sources hold.</summary>
[Collection(AtSite.Name)]
public sealed class WithoutAgentTests(Site site) : IDisposable
{
    private readonly TempFolder _manifests = new("manifests");

    public void Dispose() => _manifests.Dispose();

    [Fact]
    public async Task Validate_prints_every_mistake_and_ends_with_3()
    {
        await using var device = site.NewDevice(_manifests);
        _manifests.Write("good.yaml", Manifests.Module("good", site.Image("sleeper:1")));
        (await device.EdgeopAsync("validate", _manifests)).Code.Should().Be(0);

        _manifests.Write("a.yaml", Manifests.Module("web", site.Image("sleeper:1"), "replicas: 3"));
        _manifests.Write("b/b.yaml", Manifests.Module("Not_A_Name", site.Image("sleeper:1"), "ports: [nonsense]"));
        var ran = await device.EdgeopAsync("validate", _manifests);

        ran.Code.Should().Be(3);
        ran.Errors.Should().Contain("a.yaml:7:3").And.Contain("b.yaml:4:9").And.Contain("b.yaml:7:11");
        ran.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line.StartsWith("error: ", StringComparison.Ordinal)).Should().HaveCount(3);
    }

    [Fact]
    public async Task Plan_shows_what_would_happen_and_its_detailed_exit_code_tells_changes_from_none()
    {
        await using var device = site.NewDevice(_manifests);
        _manifests.Write("web.yaml", Manifests.Module("planned", site.Image("sleeper:1")));

        var plan = await device.EdgeopAsync("plan", _manifests);
        plan.Code.Should().Be(0);
        plan.Output.Should().Contain("create EdgeModule/planned");
        (await device.EdgeopAsync("plan", _manifests, "--detailed-exitcode")).Code.Should().Be(2);
        (await device.ContainersAsync()).Should().BeEmpty("a plan changes nothing");

        (await device.EdgeopAsync("apply", _manifests, "--wait")).Code.Should().Be(0);
        (await device.EdgeopAsync("plan", _manifests, "--detailed-exitcode")).Code.Should().Be(0);
    }

    [Fact]
    public async Task Plan_as_JSON_is_one_document()
    {
        await using var device = site.NewDevice(_manifests);
        _manifests.Write("web.yaml", Manifests.Module("planned", site.Image("sleeper:1")));

        var plan = await device.EdgeopAsync("plan", _manifests, "-o", "json");

        JsonNode.Parse(plan.Output)!["steps"]!.AsArray().Select(step => (string)step!["action"]!).Should().Contain(["PullImage", "CreateContainer", "StartContainer"]);
    }

    [Fact]
    public async Task Apply_brings_a_folder_to_the_device_and_waits_for_its_health()
    {
        await using var device = site.NewDevice(_manifests);
        _manifests.Write("web.yaml", Manifests.Module("applied", site.Image("healthy:1")) + "---\n" + Manifests.ConfigFile("note", $"{device.FilesRoot}/note", "hello\n"));

        var ran = await device.EdgeopAsync("apply", _manifests, "--wait", "--timeout", "60s");

        ran.Code.Should().Be(0, ran.ToString());
        (await device.ContainersAsync()).Should().ContainSingle().Which.IsRunning.Should().BeTrue();
        File.ReadAllText($"{device.FilesRoot}/note").Should().Be("hello\n");
    }

    [Fact]
    public async Task Apply_ends_with_5_when_health_does_not_come_in_time()
    {
        await using var device = site.NewDevice(_manifests);
        _manifests.Write("web.yaml", Manifests.Module("sick", site.Image("unhealthy:1")));

        (await device.EdgeopAsync("apply", _manifests, "--wait", "--timeout", "3s")).Code.Should().Be(5);
    }

    [Fact]
    public async Task Apply_of_invalid_manifests_ends_with_3_and_changes_nothing()
    {
        await using var device = site.NewDevice(_manifests);
        _manifests.Write("a.yaml", Manifests.Module("valid", site.Image("sleeper:1")));
        _manifests.Write("b.yaml", Manifests.Module("invalid", site.Image("sleeper:1"), "colour: green"));

        var ran = await device.EdgeopAsync("apply", _manifests);

        ran.Code.Should().Be(3);
        ran.Errors.Should().Contain("b.yaml:7:3");
        (await device.ContainersAsync()).Should().BeEmpty();
    }

    [Theory]
    [InlineData("status")]
    [InlineData("get")]
    [InlineData("events")]
    [InlineData("history")]
    [InlineData("reconcile")]
    [InlineData("suspend")]
    [InlineData("resume")]
    [InlineData("rollback")]
    public async Task Verbs_that_need_the_agent_end_with_4_without_it_and_say_how_to_start_it(string verb)
    {
        await using var device = site.NewDevice(_manifests);

        var ran = await device.EdgeopAsync(verb);

        ran.Code.Should().Be(4);
        ran.Errors.Should().StartWith("error: ").And.Contain(device.ApiSocket);
    }
}
