using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Kinds.VirtualMachine;

/// <summary>What the driver relies on in any guest, seen over ssh in one that runs.</summary>
[Collection("machines")]
public sealed class GuestContractTests : IClassFixture<GuestContractTests.Running>
{
    private readonly PlainGuest _guest;

    public GuestContractTests(Running running) => _guest = running.Guest;

    [Fact]
    public async Task The_seed_names_the_guest_and_is_for_root_alone()
    {
        (await _guest.ReadAsync("hostname")).Should().Be("box");
        (await _guest.ReadAsync("stat -c '%a %U' /run/edgeop/seed")).Should().Be("700 root");
    }

    [Fact]
    public async Task The_host_has_a_name_in_the_guest()
    {
        (await _guest.ReadAsync("grep host.edgeop.internal /etc/hosts")).Should().Be("10.0.2.2 host.edgeop.internal");
        (await _guest.ReadAsync("cat /etc/resolv.conf")).Should().Be("nameserver 10.0.2.3");
    }

    [Fact]
    public async Task The_root_is_read_only_and_what_is_kept_lies_on_the_data_disk()
    {
        (await _guest.RunAsync("touch /usr/bin/x")).Errors.Should().Contain("Read-only file system");
        (await _guest.ReadAsync("for d in /etc /root /home /var/lib /opt /usr/local; do touch $d/x && rm $d/x || echo no; done")).Should().BeEmpty();
        (await _guest.ReadAsync("grep ' /data ' /proc/mounts")).Should().StartWith("/dev/vdb /data ext4 rw");
    }

    [Fact]
    public async Task What_a_guest_writes_to_a_shared_folder_is_an_ordinary_file_on_the_host()
    {
        await _guest.ReadAsync("mkdir -p '/work/rw/a b' && printf 'from the guest' >'/work/rw/a b/ü' && chown 1234 '/work/rw/a b/ü'");
        var file = Path.Combine(_guest.Writable, "a b", "ü");
        (await File.ReadAllTextAsync(file)).Should().Be("from the guest");
        File.GetUnixFileMode(file).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        (await _guest.ReadAsync("stat -c %u '/work/rw/a b/ü'")).Should().Be("1234");
    }

    [Fact]
    public async Task A_read_only_share_can_be_read_and_nothing_more()
    {
        await File.WriteAllTextAsync(Path.Combine(_guest.ReadOnly, "hello"), "from the host");
        (await _guest.ReadAsync("cat '/mnt/with space/hello'")).Should().Be("from the host");
        (await _guest.RunAsync("echo x >'/mnt/with space/hello'")).Errors.Should().Contain("Read-only");
        (await _guest.RunAsync("mount -o remount,rw '/mnt/with space' && echo x >'/mnt/with space/hello'")).Code.Should().NotBe(0);
        (await File.ReadAllTextAsync(Path.Combine(_guest.ReadOnly, "hello"))).Should().Be("from the host");
    }

    [Fact]
    public async Task Nothing_outside_of_a_shared_folder_can_be_reached_through_it()
    {
        var secret = Path.Combine(Path.GetDirectoryName(_guest.Writable)!, "secret");
        await File.WriteAllTextAsync(secret, "secret");
        File.CreateSymbolicLink(Path.Combine(_guest.Writable, "link"), secret);
        Directory.CreateSymbolicLink(Path.Combine(_guest.Writable, "folder"), Path.GetDirectoryName(_guest.Writable)!);
        (await _guest.RunAsync($"ln -s {secret} /work/rw/made; ln -s ../secret /work/rw/up")).Code.Should().Be(0);

        foreach (var path in (string[])["/work/rw/../secret", "/work/rw/link", "/work/rw/folder/secret", "/work/rw/made", "/work/rw/up"])
        {
            (await _guest.RunAsync($"cat {path}")).Output.Should().NotContain("secret", path);
            await _guest.RunAsync($"echo changed >{path}");
        }

        (await File.ReadAllTextAsync(secret)).Should().Be("secret");
    }

    [Fact]
    public async Task The_report_says_how_the_guest_is()
    {
        var report = (await _guest.ReadAsync("/usr/lib/edgeop/report")).Split('\n').Select(l => l.Split(' ', 2)).ToLookup(p => p[0], p => p[1]);
        report["boot"].Should().Equal(await _guest.ReadAsync("cat /proc/sys/kernel/random/boot_id"));
        int.Parse(report["uptime"].Single()).Should().BePositive();
        long.Parse(report["memory.total"].Single()).Should().BeInRange(128 << 20, 256 << 20);
        long.Parse(report["memory.available"].Single()).Should().BeInRange(16 << 20, 256 << 20);
        long.Parse(report["disk.total"].Single()).Should().BeInRange(400L << 20, 2L << 30);
        long.Parse(report["disk.used"].Single()).Should().BeInRange(1, 400L << 20);
        report["address"].Should().Equal("10.0.2.15");
        report["image"].Single().Should().StartWith("edgeop-minimal ");
        report["problem"].Should().BeEmpty();
    }

    [Fact]
    public async Task The_health_endpoint_says_yes() =>
        (await Eventually.GetAsync(_guest.HealthAsync)).Should().Be((200, "ok\n"));

    [Fact]
    public async Task Nobody_signs_in_but_by_key()
    {
        using var folder = new TempFolder();
        await PlainGuest.KeyAsync(folder + "/other");
        (await _guest.SshAsync("root", folder + "/other", "true")).Errors.Should().Contain("Permission denied (publickey)");
        (await _guest.SshAsync("nobody", _guest.Key, "true")).Code.Should().NotBe(0);
        (await _guest.SshAsync("root", _guest.Key, "true", null, "-o", "PreferredAuthentications=none,password,keyboard-interactive"))
            .Errors.Should().Contain("Permission denied (publickey)");
        (await _guest.ReadAsync("cut -d: -f2 /etc/shadow | sort -u")).Should().Be("*");
    }

    [Fact]
    public async Task A_new_seed_applies_while_the_guest_runs()
    {
        await _guest.ReadAsync("/usr/lib/edgeop/seed", _guest.Seed(("hostname", "renamed\n"), ("network", "dns 192.0.2.1\ndns 192.0.2.2\n")));
        (await _guest.ReadAsync("hostname; cat /etc/resolv.conf")).Should().Be("renamed\nnameserver 192.0.2.1\nnameserver 192.0.2.2");
        (await _guest.ReadAsync("grep host.edgeop.internal /etc/hosts")).Should().Be("10.0.2.2 host.edgeop.internal");

        await _guest.ReadAsync("/usr/lib/edgeop/seed", _guest.Seed());
        (await _guest.ReadAsync("hostname; cat /etc/resolv.conf; ls -d /run/edgeop/seed*")).Should().Be("box\nnameserver 10.0.2.3\n/run/edgeop/seed");
    }

    [Fact]
    public async Task A_seed_without_keys_is_refused_and_the_one_before_stays()
    {
        var (code, _, errors) = await _guest.RunAsync("/usr/lib/edgeop/seed", PlainGuest.Tar(("hostname", "nobody\n")));
        code.Should().NotBe(0);
        errors.Should().Contain("authorized_keys is missing");
        (await _guest.ReadAsync("hostname; ls -d /run/edgeop/seed*")).Should().Be("box\n/run/edgeop/seed");
    }

    public sealed class Running : IAsyncLifetime
    {
        internal PlainGuest Guest { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Guest = await PlainGuest.CreateAsync();
            await Guest.StartAsync();
        }

        public async Task DisposeAsync() => await Guest.DisposeAsync();
    }
}
