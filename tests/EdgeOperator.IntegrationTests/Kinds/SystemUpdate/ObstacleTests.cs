using System.Diagnostics;
using EdgeOperator.Core.Planning;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Kinds.SystemUpdate;

public sealed class ObstacleTests : PackageTest
{
    [Fact]
    public async Task A_repository_that_is_gone_is_tried_again_and_named()
    {
        Repository.IsGone = true;

        await PassAsync("packages: [app]");

        var outcome = Outcomes.Should().ContainSingle().Which.Should().BeOfType<StepOutcome.Retry>().Subject;
        outcome.Message.Should().StartWith("package lists can't be fetched").And.Contain("503");
        (await System.PackagesAsync()).Should().Be("app 1.0 ii, lib 1.0 ii, other 1.0 ii");
    }

    [Fact]
    public async Task A_signature_by_another_key_is_refused()
    {
        await Repository.NewKeyAsync();
        await PublishSecondVersionAsync();

        await PassAsync("packages: [app]");

        Message(Outcomes.Should().ContainSingle().Subject).Should().Contain("NO_PUBKEY");
        (await System.PackagesAsync()).Should().Be("app 1.0 ii, lib 1.0 ii, other 1.0 ii");
    }

    [Fact]
    public async Task An_index_that_is_out_of_date_is_refused()
    {
        await Repository.AddAsync(new("app", "2.0"));
        await Repository.PublishAsync(validFor: TimeSpan.FromDays(-1));

        await PassAsync("packages: [app]");

        Message(Outcomes.Should().ContainSingle().Subject).Should().Contain("expired");
    }

    [Theory]
    [InlineData("ok half-configured", "iF")]
    [InlineData("reinstreq half-installed", "iHR")]
    public async Task What_an_interrupted_run_of_dpkg_has_left_is_finished_first(string state, string shown)
    {
        await PublishSecondVersionAsync();
        await System.InstallAsync("lib=2.0");
        var broken = System.At("/var/lib/dpkg/status");
        await File.WriteAllTextAsync(broken, (await File.ReadAllTextAsync(broken)).Replace("Package: other\nStatus: install ok installed", $"Package: other\nStatus: install {state}", StringComparison.Ordinal));
        (await System.PackagesAsync()).Should().Contain($"other 1.0 {shown}");

        await PassAsync("packages: [app]");

        (await System.PackagesAsync()).Should().Be("app 2.0 ii, lib 2.0 ii, other 1.0 ii");
        Report.Level.Should().Be(ReadinessLevel.Ready);
    }

    [Fact]
    public async Task Another_program_that_holds_dpkgs_lock_is_waited_for()
    {
        await PublishSecondVersionAsync();
        using var holder = Process.Start(new ProcessStartInfo("python3", ["-c", $"import fcntl,sys; f=open('{System.At("/var/lib/dpkg/lock-frontend")}','w'); fcntl.lockf(f,fcntl.LOCK_EX); print('held',flush=True); sys.stdin.read()"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        await holder.StandardOutput.ReadLineAsync();

        var updating = PassAsync("packages: [app]");
        await Eventually.TrueAsync("apt is asked to install", async () => File.Exists(Log) && (await File.ReadAllTextAsync(Log)).Contains("DPkg::Lock::Timeout=300 install", StringComparison.Ordinal));
        (await System.PackagesAsync()).Should().Contain("app 1.0 ii");
        holder.StandardInput.Close();
        await updating;

        (await System.PackagesAsync()).Should().Be("app 2.0 ii, lib 2.0 ii, other 1.0 ii");
        await holder.WaitForExitAsync();
    }

    [Fact]
    public async Task What_does_not_fit_on_the_disk_for_downloads_is_not_fetched()
    {
        await using var disk = await TinyDisk.MountAsync(256, System.At("/var/cache/apt/archives"));
        Directory.CreateDirectory(System.At("/var/cache/apt/archives/partial"));
        await PublishSecondVersionAsync(new("app", "2.0", "lib (>= 2.0)") { Payload = 400_000 });

        await PassAsync("packages: [app]");

        Report.Reason.Should().Be(nameof(BlockedReason.DiskTooFull));
        Report.Message.Should().Contain("on the disk of /var/cache/apt/archives");
        (await System.PackagesAsync()).Should().Be("app 1.0 ii, lib 1.0 ii, other 1.0 ii");
    }

    [Fact]
    public async Task Too_little_space_is_known_before_anything_is_changed()
    {
        await PublishSecondVersionAsync(new("app", "2.0", "lib (>= 2.0)") { InstalledKibibytes = int.MaxValue / 2 });

        await PassAsync("packages: [app]");

        Report.Reason.Should().Be(nameof(BlockedReason.DiskTooFull));
        (await System.PackagesAsync()).Should().Be("app 1.0 ii, lib 1.0 ii, other 1.0 ii");
    }
}
