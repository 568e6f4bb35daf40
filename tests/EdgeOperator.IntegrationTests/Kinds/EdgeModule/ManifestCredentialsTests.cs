using EdgeOperator.Core.Planning;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Kinds.EdgeModule;

[Collection(SharedEngine.Name)]
public class ManifestCredentialsTests(EngineFixture fixture)
{
    [Fact]
    public async Task A_manifest_may_bring_the_credentials_for_its_images()
    {
        await using var registry = await PrivateRegistry.StartAsync(authenticated: true);
        await using var agent = new Agent(fixture.Engine.Socket);
        var image = await PullTests.NewImage("manifest").PushAsync(registry);
        (await agent.PullAsync(image)).Should().BeOfType<StepOutcome.Retry>().Which.Reason.Should().Be("RegistryUnauthorized");

        var desired = Agent.Desired() with
        {
            RegistryCredentials = [new(registry.Address, "nobody", "wrong"), new(registry.Address, PrivateRegistry.User, PrivateRegistry.Password)],
        };
        (await agent.PullAsync(image, desired: desired)).Should().BeOfType<StepOutcome.Succeeded>();
    }
}
