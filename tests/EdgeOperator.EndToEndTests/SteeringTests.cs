using EdgeOperator.EndToEndTests.Support;
using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.EndToEndTests;

/// <summary>An operator at the device takes the loop by the hand.</summary>
[Collection(AtSite.Name)]
public class SteeringTests(Site site)
{
    private (string, string) Web(string image) => ("web.yaml", Manifests.Module("web", site.Image(image)));

    [Fact]
    public async Task A_suspended_module_is_left_alone_until_resume()
    {
        using var repository = await Repository.CreateAsync();
        await using var device = site.NewDevice(repository.Url);
        await device.StartAsync();
        await device.ReachesAsync(await repository.CommitAsync(Web("sleeper:1")));

        (await device.EdgeopAsync("suspend", "EdgeModule/web")).Code.Should().Be(0);
        await site.DockerAsync("rm", "-f", "web");
        (await device.EdgeopAsync("reconcile")).Code.Should().Be(0);
        (await device.ContainersAsync()).Should().BeEmpty();

        (await device.EdgeopAsync("resume", "EdgeModule/web")).Code.Should().Be(0);
        await Eventually.SucceedsAsync(async () => (await device.ContainerAsync("web")).IsRunning.Should().BeTrue());
    }

    [Fact]
    public async Task A_suspended_device_takes_no_commit_until_resume_and_stays_suspended_over_a_restart()
    {
        using var repository = await Repository.CreateAsync();
        await using var device = site.NewDevice(repository.Url);
        var first = await repository.CommitAsync(Web("sleeper:1"));
        await device.StartAsync();
        await device.ReachesAsync(first);

        (await device.EdgeopAsync("suspend")).Code.Should().Be(0);
        var second = await repository.CommitAsync(Web("sleeper:2"));
        await device.TerminateAsync();
        await device.StartAsync();
        var status = await device.SeesAsync("the new commit is known", s => s.Desired?.Id == second);
        status.Suspended.Should().BeTrue();
        (await device.EdgeopAsync("reconcile")).Code.Should().Be(0);
        (await device.ContainerAsync("web")).Image.Should().Be(site.Image("sleeper:1"));

        (await device.EdgeopAsync("resume")).Code.Should().Be(0);
        await device.ReachesAsync(second);
    }

    [Fact]
    public async Task A_manual_roll_back_holds_until_resume()
    {
        using var repository = await Repository.CreateAsync();
        await using var device = site.NewDevice(repository.Url);
        var first = await repository.CommitAsync(Web("sleeper:1"));
        await device.StartAsync();
        await device.ReachesAsync(first);
        var second = await repository.CommitAsync(Web("sleeper:2"));
        await device.ReachesAsync(second);

        (await device.EdgeopAsync("rollback")).Code.Should().Be(0);
        await device.ReachesAsync(first);
        (await device.EdgeopAsync("reconcile")).Code.Should().Be(0);
        (await device.StatusAsync()).HeldAt.Should().Be(first);
        (await device.ContainerAsync("web")).Image.Should().Be(site.Image("sleeper:1"));

        (await device.EdgeopAsync("resume")).Code.Should().Be(0);
        await device.ReachesAsync(second);
    }

    [Fact]
    public async Task A_manual_roll_back_ends_with_the_next_commit()
    {
        using var repository = await Repository.CreateAsync();
        await using var device = site.NewDevice(repository.Url);
        var first = await repository.CommitAsync(Web("sleeper:1"));
        await device.StartAsync();
        await device.ReachesAsync(first);
        await device.ReachesAsync(await repository.CommitAsync(Web("sleeper:2")));

        (await device.EdgeopAsync("rollback", first[..10])).Code.Should().Be(0);
        await device.ReachesAsync(first);

        var third = await repository.CommitAsync(Web("sleeper:3"));
        (await device.ReachesAsync(third)).HeldAt.Should().BeNull();
    }

    [Fact]
    public async Task A_roll_back_to_a_revision_that_nobody_knows_fails_and_says_so()
    {
        using var repository = await Repository.CreateAsync();
        await using var device = site.NewDevice(repository.Url);
        await device.StartAsync();
        await device.ReachesAsync(await repository.CommitAsync(Web("sleeper:1")));

        var ran = await device.EdgeopAsync("rollback", "feedbeef");

        ran.Code.Should().Be(1);
        ran.Errors.Should().StartWith("error: ").And.Contain("feedbeef");
    }
}
