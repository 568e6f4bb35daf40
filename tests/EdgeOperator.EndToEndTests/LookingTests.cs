using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Protocol;
using EdgeOperator.EndToEndTests.Support;
using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.EndToEndTests;

/// <summary>What a person or a script sees of a device.</summary>
[Collection(AtSite.Name)]
public class LookingTests(Site site)
{
    [Fact]
    public async Task Every_verb_that_shows_something_shows_it()
    {
        using var repository = await Repository.CreateAsync();
        await using var device = site.NewDevice(repository.Url);
        var commit = await repository.CommitAsync(
            ("web.yaml", Manifests.Module("web", site.Image("sleeper:1"), "command: [sh, -c, \"echo hello from web; sleep 1000\"]")),
            ("banner.yaml", Manifests.ConfigFile("banner", "${vars.root}/banner", "ours\n")));
        await device.StartAsync();
        await device.ReachesAsync(commit);

        (await SucceedsAsync("status")).Should().Contain(commit[..7]).And.Contain("web").And.Contain("banner");
        (await SucceedsAsync("get")).Should().Contain("web").And.Contain("banner");
        (await SucceedsAsync("get", "EdgeModule")).Should().Contain("web").And.NotContain("banner");
        (await SucceedsAsync("get", "ConfigFile", "banner")).Should().Contain("banner").And.NotContain("web");
        (await SucceedsAsync("describe", "EdgeModule", "web")).Should().Contain(site.Image("sleeper:1")).And.Contain("Ready");
        (await SucceedsAsync("events")).Should().Contain("EdgeModule/web");
        (await SucceedsAsync("history")).Should().Contain(commit[..7]);
        (await SucceedsAsync("logs", "EdgeModule/web")).Should().Be("hello from web\n");
        (await SucceedsAsync("logs", "EdgeModule/web", "--tail", "0")).Should().BeEmpty();
        (await device.EdgeopAsync("get", "EdgeModule", "nobody")).Code.Should().Be(1);
        (await device.EdgeopAsync("logs", "EdgeModule/nobody")).Code.Should().Be(1);

        async Task<string> SucceedsAsync(params string[] verb)
        {
            var ran = await device.EdgeopAsync(verb);
            ran.Code.Should().Be(0, ran.ToString());
            ran.Output.Should().NotContain("\u001b", "a pipe gets no colours");
            return ran.Output;
        }
    }

    [Fact]
    public async Task Status_as_JSON_is_what_the_API_answers()
    {
        using var repository = await Repository.CreateAsync();
        await using var device = site.NewDevice(repository.Url);
        var commit = await repository.CommitAsync(("web.yaml", Manifests.Module("web", site.Image("sleeper:1"))));
        await device.StartAsync();
        await device.ReachesAsync(commit);

        var status = JsonSerializer.Deserialize((await device.EdgeopAsync("status", "-o", "json")).Output, ProtocolJson.Default.DeviceStatus)!;
        status.Device.Should().Be(device.Owner);
        status.LastGood!.Id.Should().Be(commit);
        JsonNode.Parse((await device.EdgeopAsync("get", "-o", "json")).Output).Should().NotBeNull();
        (await device.EdgeopAsync("status", "-o", "yaml")).Output.Should().Contain($"device: {device.Owner}\n");
    }

    [Fact]
    public async Task The_metrics_are_there_for_Prometheus()
    {
        using var repository = await Repository.CreateAsync();
        var address = $"127.0.0.1:{FreePort.Next()}";
        await using var device = site.NewDevice(repository.Url, new() { Metrics = address });
        await device.StartAsync();
        await device.ReachesAsync(await repository.CommitAsync(("web.yaml", Manifests.Module("web", site.Image("sleeper:1")))));

        using var http = new HttpClient();
        var metrics = await http.GetStringAsync(new Uri($"http://{address}/metrics"));

        metrics.Should().Contain("# TYPE edgeoperator_");
        metrics.Split('\n').Should().Contain(line => line.StartsWith("edgeoperator_", StringComparison.Ordinal) && line.Contains("reconcile", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("version")]
    [InlineData("schema")]
    [InlineData("schema", "EdgeModule")]
    [InlineData("completion", "bash")]
    [InlineData("completion", "zsh")]
    [InlineData("completion", "fish")]
    [InlineData("completion", "pwsh")]
    [InlineData("--help")]
    public async Task What_needs_no_device_needs_no_configuration(params string[] verb)
    {
        using var folder = new TempFolder();

        var ran = await EdgeopProcess.RunAsync(site.Edgeop, folder, [.. verb, "--config", $"{folder}/missing.yaml"]);

        ran.Code.Should().Be(0, ran.ToString());
        ran.Output.Should().NotBeEmpty();
    }

    [Fact]
    public async Task A_word_that_is_no_verb_ends_with_3_and_suggests_one()
    {
        using var folder = new TempFolder();

        var ran = await EdgeopProcess.RunAsync(site.Edgeop, folder, "statsu");

        ran.Code.Should().Be(3);
        ran.Errors.Should().Contain("status");
    }
}
