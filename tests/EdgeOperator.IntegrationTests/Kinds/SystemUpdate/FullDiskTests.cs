using EdgeOperator.Core.Planning;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Kinds.SystemUpdate;

/// <summary>Something else fills the disk after it was found large enough. A package's own script does it here, so that it is just before dpkg unpacks it.</summary>
public sealed class FullDiskTests : PackageTest
{
    private const string After = "app 2.0 ii, lib 2.0 ii, other 1.0 ii";

    protected override int? DiskKibibytes => 160 * 1024;

    [Fact]
    public async Task Going_back_waits_for_space_and_then_the_update_is_tried_again()
    {
        // Going back takes more space than the update has left.
        await Repository.AddAsync(new("lib", "1.5") { Payload = 8_000_000 });
        await Repository.PublishAsync();
        await System.InstallAsync("lib=1.5");
        await File.WriteAllTextAsync(System.At("/root/fill"), "");
        await PublishSecondVersionAsync(new("app", "2.0", "lib (>= 2.0)")
        {
            Payload = 200_000,
            Scripts = new Dictionary<string, string> { ["preinst"] = "[ ! -e /root/fill ] || cat /dev/zero >/filler 2>/dev/null || true" },
        });

        await PassAsync("packages: [app]");

        IsDiskFull().Message.Should().Contain("No space left on device").And.Contain("there is too little space on the disk to go on");
        (await System.PackagesAsync()).Should().NotBe(After);

        await PassAsync("packages: [app]");
        IsDiskFull();

        File.Delete(System.At("/filler"));
        await PassAsync("packages: [app]");
        IsDiskFull().Message.Should().Contain("the versions from before are back");
        await BeWellAsync("app 1.0 ii, lib 1.5 ii, other 1.0 ii", "1.0");

        File.Delete(System.At("/root/fill"));
        await PassAsync("packages: [app]");
        Report.Level.Should().Be(ReadinessLevel.Ready);
        await BeWellAsync(After, "2.0");
    }

    [Fact]
    public async Task What_does_not_fit_on_a_disk_beside_dpkgs_own_goes_back_at_once_and_fits_when_that_is_larger()
    {
        await using var disk = await TinyDisk.MountAsync(512, System.At("/opt"));
        await System.InstallAsync("--reinstall", "app=1.0", "lib=1.0", "other=1.0");
        await PublishSecondVersionAsync(new("app", "2.0", "lib (>= 2.0)") { Payload = 600_000 });

        await PassAsync("packages: [app]");

        IsDiskFull().Message.Should().Contain("No space left on device").And.Contain("the versions from before are back");
        await BeWellAsync("app 1.0 ii, lib 1.0 ii, other 1.0 ii", "1.0");

        await Shell.RunAsync("mount", "-o", "remount,size=4m", disk.Path);
        await PassAsync("packages: [app]");
        await BeWellAsync(After, "2.0");
    }

    private StepOutcome.Retry IsDiskFull()
    {
        var failed = Outcomes.Should().HaveCountGreaterThan(0).And.Subject.Last().Should().BeOfType<StepOutcome.Retry>().Subject;
        failed.Reason.Should().Be(FaultAdvice.DiskFull);
        failed.Fault.Should().Be(Core.State.Fault.Device, "no other revision would help");
        return failed;
    }

    private async Task BeWellAsync(string packages, string version)
    {
        (await System.PackagesAsync()).Should().Be(packages);
        (await System.RunAsync("dpkg", "--audit")).Should().BeEmpty();
        (await File.ReadAllTextAsync(System.At("/opt/app/version"))).Should().Be($"{version}\n");
    }
}
