using System.Text;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Kinds.EdgeModule;

[Collection(SharedEngine.Name)]
public class PullTests(EngineFixture fixture)
{
    [Fact]
    public async Task A_pull_runs_in_the_background_and_wakes_the_loop()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        await agent.WatchAsync();
        var image = await NewImage("background").PushAsync(fixture.Registry);
        var step = new PullImage(new("EdgeModule", "web"), "test", image, Optional: false);

        (await agent.DoAsync(step)).Should().BeOfType<StepOutcome.Pending>().Which.Message.Should().Contain(image);
        await agent.WokenAsync($"pull {image} is over");
        var outcome = await agent.DoAsync(step);

        outcome.Should().BeOfType<StepOutcome.Succeeded>().Which.Note.Should().MatchRegex($"^pulled {image} \\(sha256:[0-9a-f]{{64}}\\)$");
        var seen = await agent.ObserveAsync();
        seen.Images.Should().ContainKey(image);
        seen.PulledImages.Should().Contain(seen.Images[image].Id);
        outcome.As<StepOutcome.Succeeded>().Note.Should().Contain(seen.Images[image].Digests.Should().ContainSingle().Subject);
    }

    [Fact]
    public async Task An_image_that_is_there_already_is_up_to_date_and_not_the_agents()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var image = await NewImage("present").PushAsync(fixture.Registry);
        await using (var other = new Agent(fixture.Engine.Socket))
        {
            await other.PullAsync(image);
        }

        (await agent.PullAsync(image)).Should().BeOfType<StepOutcome.Succeeded>().Which.Note.Should().Contain("is up to date");
        (await agent.ObserveAsync()).PulledImages.Should().BeEmpty();
    }

    [Fact]
    public async Task An_image_is_pulled_by_its_digest()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var image = await NewImage("digest").PushAsync(fixture.Registry);
        await agent.PullAsync(image);
        var digest = (await agent.ObserveAsync()).Images[image].Digests.Single();
        await agent.Engine.RemoveImageAsync(image, CancellationToken.None);
        var exact = $"{image[..image.LastIndexOf(':')]}@{digest}";

        (await agent.PullAsync(exact)).Should().BeOfType<StepOutcome.Succeeded>().Which.Note.Should().Contain(digest);

        (await agent.ObserveAsync()).Images.Should().ContainKey(exact).And.NotContainKey(image);
        var module = agent.Module("exact", exact);
        await agent.RunAsync(module);
        (await agent.SeeAsync(module)).Image.Should().Be(exact);
    }

    [Fact]
    public async Task What_is_pulling_shows_its_progress()
    {
        await using var proxy = new CuttableProxy(fixture.Registry.Address);
        await using var agent = new Agent(fixture.Engine.Socket);
        var image = await PushThroughAsync(proxy, "progress");
        var module = agent.Module("slow", image);
        proxy.StallAfter(3_000_000);

        var step = new PullImage(module.Id, "test", image, Optional: false);
        await agent.DoAsync(step);
        await Eventually.SucceedsAsync(() =>
        {
            var status = agent.Driver.Describe(module, new());
            status!.State.Should().Be("pulling");
            status.Progress!.Done.Should().BeInRange(1, status.Progress.Total - 1);
        });
        (await agent.DoAsync(step)).Should().BeOfType<StepOutcome.Pending>().Which.Message.Should().MatchRegex($"^pulling {image}: [0-9]+ % of [0-9.]+ MB$");

        proxy.Restore();
        (await agent.PullAsync(image)).Should().BeOfType<StepOutcome.Succeeded>();
        agent.Driver.Describe(module, new())!.Progress.Should().BeNull();
    }

    [Fact]
    public async Task A_pull_that_is_cut_off_is_told_once_and_succeeds_the_next_time()
    {
        await using var proxy = new CuttableProxy(fixture.Registry.Address);
        await using var agent = new Agent(fixture.Engine.Socket);
        var image = await PushThroughAsync(proxy, "cut");
        proxy.CutAfter(3_000_000);

        (await agent.PullAsync(image)).Should().BeOfType<StepOutcome.Retry>().Which.Reason.Should().Be("RegistryUnreachable");

        proxy.Restore();
        (await agent.PullAsync(image)).Should().BeOfType<StepOutcome.Succeeded>();
        (await agent.ObserveAsync()).Images.Should().ContainKey(image);
    }

    [Fact]
    public async Task A_pull_that_nobody_asks_for_any_more_is_given_up()
    {
        await using var proxy = new CuttableProxy(fixture.Registry.Address);
        await using var agent = new Agent(fixture.Engine.Socket);
        await agent.WatchAsync();
        var image = await PushThroughAsync(proxy, "unwanted");
        var module = agent.Module("unwanted", image);
        proxy.StallAfter(1_000_000);
        var step = new PullImage(module.Id, "test", image, Optional: false);
        await agent.DoAsync(step);

        agent.Driver.Expect(new([step], []));
        agent.Driver.Describe(module, new())!.State.Should().Be("pulling");
        agent.Driver.Expect(Plan.Nothing);
        agent.Driver.Describe(module, new())!.State.Should().Be("missing");

        proxy.Restore();
        (await agent.PullAsync(image)).Should().BeOfType<StepOutcome.Succeeded>();
        agent.Wakes.Where(wake => wake.Contains(image)).Should().HaveCount(1, "only the second pull came to an end");
    }

    [Fact]
    public async Task Without_the_registry_a_local_copy_serves_where_it_may()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var registry = $"127.0.0.1:{FreePort.Next()}";
        var local = await NewImage("local").LoadAsync(fixture.Engine, $"{registry}/local:1");

        (await agent.PullAsync(local, optional: true))
            .Should().BeOfType<StepOutcome.Succeeded>().Which.Note.Should().Contain("the local copy is used").And.Contain("connection refused");
        foreach (var (image, optional) in ((string, bool)[])[(local, false), ($"{registry}/absent:1", true)])
        {
            (await agent.PullAsync(image, optional)).Should().BeOfType<StepOutcome.Retry>().Which.Reason.Should().Be("RegistryUnreachable");
        }
    }

    [Fact]
    public async Task An_image_that_the_registry_lacks_is_said_so()
    {
        await using var agent = new Agent(fixture.Engine.Socket);

        var outcome = await agent.PullAsync($"{fixture.Registry.Address}/sleeper:none");

        outcome.Should().BeOfType<StepOutcome.Retry>().Which.Reason.Should().Be("ImageNotFound");
        outcome.As<StepOutcome.Retry>().Message.Should().Contain($"{fixture.Registry.Address}/sleeper:none");
    }

    [Fact]
    public async Task A_pull_that_failed_lately_waits_for_its_time()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var image = await NewImage("later").PushAsync(fixture.Registry);
        var step = new PullImage(new("EdgeModule", "web"), "test", image, Optional: false) { NotBefore = TimeProvider.System.GetUtcNow().AddHours(1) };

        (await agent.DoAsync(step)).Should().BeOfType<StepOutcome.Pending>();
        (await agent.DoAsync(step)).Should().BeOfType<StepOutcome.Pending>();

        (await agent.ObserveAsync()).Images.Should().NotContainKey(image);
    }

    [Fact]
    public async Task A_registry_that_asks_for_a_password_gets_it_from_the_file_as_it_is_now()
    {
        await using var registry = await PrivateRegistry.StartAsync(authenticated: true);
        using var folder = new TempFolder();
        var file = folder.Write("config.json", "{}");
        await using var agent = new Agent(fixture.Engine.Socket, file);
        var image = await NewImage("secret").PushAsync(registry);
        (await agent.PullAsync(image)).Should().BeOfType<StepOutcome.Retry>().Which.Reason.Should().Be("RegistryUnauthorized");

        var auth = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{PrivateRegistry.User}:{PrivateRegistry.Password}"));
        folder.Write("config.json", $$"""{"auths": { "{{registry.Address}}": { "auth": "{{auth}}" } } }""");
        (await agent.PullAsync(image)).Should().BeOfType<StepOutcome.Succeeded>();

        folder.Write("config.json", "no JSON");
        var broken = await agent.PullAsync(image);
        broken.Should().BeOfType<StepOutcome.Retry>().Which.Reason.Should().Be("RegistryCredentialsInvalid");
        broken.As<StepOutcome.Retry>().Message.Should().Contain(file).And.NotContain(auth);
    }

    [Fact]
    public async Task A_password_in_a_manifest_goes_before_the_file()
    {
        await using var registry = await PrivateRegistry.StartAsync(authenticated: true);
        using var folder = new TempFolder();
        var wrong = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{PrivateRegistry.User}:wrong"));
        await using var agent = new Agent(fixture.Engine.Socket, folder.Write("config.json", $$"""{"auths": { "{{registry.Address}}": { "auth": "{{wrong}}" } } }"""));
        var image = await NewImage("deployed").PushAsync(registry);
        (await agent.PullAsync(image)).Should().BeOfType<StepOutcome.Retry>().Which.Reason.Should().Be("RegistryUnauthorized");

        var desired = DesiredState.Empty with { RegistryCredentials = [new(registry.Address, PrivateRegistry.User, PrivateRegistry.Password)] };
        (await agent.PullAsync(image, desired: desired)).Should().BeOfType<StepOutcome.Succeeded>();
    }

    /// <summary>An image that no other test has, with enough in it to be cut in the middle.</summary>
    internal static TestImage NewImage(string name) => TestImage.Sleeper(name).WithPayload(4, 1_500_000);

    private async Task<string> PushThroughAsync(CuttableProxy proxy, string name)
    {
        var image = await NewImage(name).PushAsync(fixture.Registry);
        return image.Replace(fixture.Registry.Address, proxy.Address);
    }
}
