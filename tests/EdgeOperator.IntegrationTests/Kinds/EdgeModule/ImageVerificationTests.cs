using System.Text;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Kinds.EdgeModule;

/// <summary>Signatures as cosign makes them, in a real registry, and images on a real engine.</summary>
[Collection(SharedEngine.Name)]
public sealed class ImageVerificationTests(EngineFixture fixture) : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ImageSigner _signer = new();
    private readonly ImageSigner _stranger = new();

    private ImagesConfiguration Policy => new()
    {
        Verify = [new($"{fixture.Registry.Address}/*", ImageVerification.Signed, [_folder.Write("cosign.pub", _signer.PublicKey)])],
    };

    public void Dispose()
    {
        _signer.Dispose();
        _stranger.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("tag", false)]
    [InlineData("tag", true)]
    [InlineData("bundle", false)]
    [InlineData("bundle", true)]
    public async Task What_was_verified_is_what_runs(string layout, bool severalPlatforms)
    {
        await using var agent = NewAgent();
        var image = await PushAsync();
        if (severalPlatforms)
            await _signer.PutIntoIndexAsync(image);
        await (layout == "tag" ? _signer.SignByTagAsync(image) : _signer.SignByBundleAsync(image));

        (await agent.PullAsync(image)).Should().BeOfType<StepOutcome.Succeeded>().Which.Note.Should().EndWith("signature verified)");

        (await agent.ObserveAsync()).Images.Should().ContainKey(image);
        var module = agent.Module("signed", image);
        await agent.RunAsync(module);
        (await agent.SeeAsync(module)).Should().BeEquivalentTo(new { Image = $"{image[..image.LastIndexOf(':')]}@{await _signer.DigestAsync(image)}", Drift = (string?)null });
    }

    [Theory]
    [InlineData("unsigned", "has no signature")]
    [InlineData("wrong key by tag", "by none of the keys")]
    [InlineData("wrong key by bundle", "by none of the keys")]
    [InlineData("replayed by tag", "of another image")]
    [InlineData("replayed by bundle", "of another image")]
    [InlineData("garbage by tag", "can't be read")]
    [InlineData("garbage by bundle", "can't be read")]
    [InlineData("deep bundle", "can't be read")]
    [InlineData("attestation", "another statement about an image, https://slsa.dev/provenance/v1")]
    public async Task Without_a_good_signature_an_image_does_not_run(string signature, string why)
    {
        await using var agent = NewAgent();
        var image = await PushAsync();
        var other = $"sha256:{new string('a', 64)}";
        await (signature switch
        {
            "wrong key by tag" => _stranger.SignByTagAsync(image),
            "wrong key by bundle" => _stranger.SignByBundleAsync(image),
            "replayed by tag" => _signer.SignByTagAsync(image, other),
            "replayed by bundle" => _signer.SignByBundleAsync(image, other),
            "garbage by tag" => _signer.SignByTagAsync(image, payload: "no JSON"),
            "garbage by bundle" => _signer.SignByBundleAsync(image, bundle: """{"dsseEnvelope":7}"""),
            "deep bundle" => _signer.SignByBundleAsync(image, bundle: new string('[', 500_000)),
            "attestation" => _signer.SignByBundleAsync(image, predicate: "https://slsa.dev/provenance/v1"),
            _ => Task.CompletedTask,
        });

        var refused = (await agent.PullAsync(image)).Should().BeOfType<StepOutcome.Retry>().Subject;

        refused.Reason.Should().Be("ImageNotVerified");
        refused.Message.Should().Contain(image).And.Contain(why);
        await CannotRunAsync(agent, image);
    }

    [Theory]
    [InlineData("tag")]
    [InlineData("bundle")]
    public async Task A_document_that_is_too_large_is_not_read(string layout)
    {
        await using var agent = NewAgent();
        var image = await PushAsync();
        var huge = new string(' ', 3 * 1024 * 1024);
        await (layout == "tag" ? _signer.SignByTagAsync(image, payload: huge) : _signer.SignByBundleAsync(image, bundle: huge));

        (await agent.PullAsync(image)).Should().BeOfType<StepOutcome.Retry>().Which.Message.Should().Contain("has more than 1048576 bytes");
        await CannotRunAsync(agent, image);
    }

    [Fact]
    public async Task A_tag_that_is_moved_changes_nothing()
    {
        await using var agent = NewAgent();
        var image = await PushAsync();
        await _signer.SignByTagAsync(image);
        await agent.PullAsync(image);
        var verified = (await agent.ObserveAsync()).Images[image].Id;

        await PushAsync(image);

        (await agent.PullAsync(image, optional: true)).Should().BeOfType<StepOutcome.Retry>().Which.Reason.Should().Be("ImageNotVerified");
        var module = agent.Module("signed", image);
        await agent.RunAsync(module);
        (await agent.SeeAsync(module)).ImageId.Should().Be(verified);
    }

    [Fact]
    public async Task A_name_that_somebody_gives_another_image_on_the_engine_is_worth_nothing()
    {
        await using var agent = NewAgent();
        var image = await PushAsync();
        await _signer.SignByTagAsync(image);
        await agent.PullAsync(image);

        await agent.Engine.TagImageAsync(fixture.Sleeper, image[..image.LastIndexOf(':')], image[(image.LastIndexOf(':') + 1)..], CancellationToken.None);

        await CannotRunAsync(agent, image);
    }

    [Fact]
    public async Task Images_and_containers_from_before_are_verified_too()
    {
        await using var before = new Agent(fixture.Engine.Socket);
        var image = await PushAsync();
        await before.PullAsync(image);
        var module = before.Module("early", image);
        await before.RunAsync(module);
        await using var agent = before.RestartedWithState(Policy);
        await CannotRunAsync(agent, image);
        (await agent.SeeAsync(module)).Drift.Should().Be("its image is not verified");

        await _signer.SignByBundleAsync(image);
        (await agent.PullAsync(image)).Should().BeOfType<StepOutcome.Succeeded>().Which.Note.Should().Contain("is up to date");

        (await agent.SeeAsync(module)).Drift.Should().BeNull();
    }

    [Fact]
    public async Task What_was_verified_starts_without_a_registry()
    {
        await using var registry = await PrivateRegistry.StartAsync();
        ImagesConfiguration policy = new() { Verify = [Policy.Verify[0] with { Match = "*" }] };
        await using var agent = new Agent(fixture.Engine.Socket, images: policy);
        var image = await TestImage.Sleeper($"offline-{Guid.NewGuid():N}").PushAsync(registry);
        await _signer.SignByTagAsync(image);
        await agent.PullAsync(image);
        await registry.StopAsync();

        await using var restarted = agent.RestartedWithState();
        (await restarted.PullAsync(image, optional: true)).Should().BeOfType<StepOutcome.Succeeded>().Which.Note.Should().StartWith("the local copy is used");
        await restarted.RunAsync(restarted.Module("offline", image));

        // A key that is trusted no longer has verified nothing.
        await using var changed = agent.RestartedWithState(new() { Verify = [policy.Verify[0] with { Keys = [_folder.Write("other.pub", _stranger.PublicKey)] }] });
        await CannotRunAsync(changed, image);
    }

    [Fact]
    public async Task The_first_rule_that_matches_decides()
    {
        var image = await PushAsync();
        var name = image[..image.LastIndexOf(':')];
        await using var refusing = new Agent(fixture.Engine.Socket, images: new() { Verify = [new("*/nothing", ImageVerification.None, []), new(name, ImageVerification.Reject, []), new("*", ImageVerification.None, [])] });
        (await refusing.PullAsync(image)).Should().BeOfType<StepOutcome.Terminal>().Which.Reason.Should().Be("ImageRejected");
        await CannotRunAsync(refusing, image);

        await using var accepting = new Agent(fixture.Engine.Socket, images: new() { Verify = [new("*/sleeper", ImageVerification.None, []), new("*", ImageVerification.Reject, [])] });
        (await accepting.PullAsync(image)).Should().BeOfType<StepOutcome.Succeeded>();
        await accepting.RunAsync(accepting.Module("free", image));
    }

    [Fact]
    public async Task The_registry_is_shown_what_the_engine_would_show_it()
    {
        await using var registry = await PrivateRegistry.StartAsync(authenticated: true);
        var auth = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{PrivateRegistry.User}:{PrivateRegistry.Password}"));
        var file = _folder.Write("config.json", new JsonObject { ["auths"] = new JsonObject { [registry.Address] = new JsonObject { ["auth"] = auth } } }.ToJsonString());
        ImagesConfiguration policy = new() { Verify = [Policy.Verify[0] with { Match = "*" }] };
        await using var agent = new Agent(fixture.Engine.Socket, file, images: policy);
        await using var nobody = new Agent(fixture.Engine.Socket, images: policy);
        var image = await TestImage.Sleeper($"secret-{Guid.NewGuid():N}").PushAsync(registry);
        _signer.SignIn(PrivateRegistry.User, PrivateRegistry.Password);
        await _signer.SignByBundleAsync(image);

        (await nobody.PullAsync(image)).Should().BeOfType<StepOutcome.Retry>().Which.Reason.Should().Be("RegistryUnauthorized");
        (await agent.PullAsync(image)).Should().BeOfType<StepOutcome.Succeeded>().Which.Note.Should().Contain("signature verified");
    }

    [Fact]
    public async Task A_key_that_can_not_be_read_is_named()
    {
        var image = await PushAsync();
        await using var agent = new Agent(fixture.Engine.Socket, images: new() { Verify = [new("*", ImageVerification.Signed, ["/nowhere/cosign.pub"])] });

        (await agent.PullAsync(image)).Should().BeOfType<StepOutcome.Retry>().Which.Should().Match<StepOutcome.Retry>(o => o.Reason == "PublicKeyInvalid" && o.Message.Contains("/nowhere/cosign.pub"));
        await CannotRunAsync(agent, image);
    }

    private Agent NewAgent() => new(fixture.Engine.Socket, images: Policy);

    /// <summary>An image that no other test has.</summary>
    /// <param name="name">The name that it takes from another; null for one of its own.</param>
    private Task<string> PushAsync(string? name = null) =>
        (TestImage.Sleeper(name?[(name.LastIndexOf(':') + 1)..] ?? $"v{Guid.NewGuid():N}").WithPayload(1, 100)).PushAsync(fixture.Registry);

    private static async Task CannotRunAsync(Agent agent, string image)
    {
        (await agent.ObserveAsync()).Images.Should().NotContainKey(image);
        var module = agent.Module("refused", image);
        (await agent.DoAsync(new CreateContainer(module.Id, "test", module.Container.Name, module.SpecHash), module))
            .Should().BeOfType<StepOutcome.Retry>().Which.Reason.Should().Be("ImageNotVerified");
    }
}
