using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Machines;

/// <summary>Files, users, keys and commands that are put into a guest.</summary>
[Collection("machines")]
public sealed class GuestProvisioningTests(GuestContractTests.Running running) : IClassFixture<GuestContractTests.Running>
{
    private readonly PlainGuest _guest = running.Guest;

    [Fact]
    public async Task Files_users_keys_and_commands_are_put_in_and_the_hash_is_noted()
    {
        using var folder = new TempFolder();
        await PlainGuest.KeyAsync(folder + "/anna");
        var archive = PlainGuest.Tar(
            ("files/opt/app/config file", "one\n"),
            ("files/etc/motd", "hello\n"),
            ("owners", "anna:operators\t/opt/app/config file\n"),
            ("users", "anna\toperators,watchers\t/bin/sh\nben\t\t\n"),
            ("keys/anna", await File.ReadAllTextAsync(folder + "/anna.pub")),
            ("keys/ben", ""),
            ("commands/000", "echo first >>/var/lib/ran"),
            ("commands/001", "test -f /etc/motd && test \"$(pwd)\" = / && id anna >>/var/lib/ran"));

        await _guest.ReadAsync("/usr/lib/edgeop/provision aaaa", archive);
        (await _guest.ReadAsync("cat '/opt/app/config file' /etc/motd; stat -c '%a %U:%G' '/opt/app/config file' /etc/motd"))
            .Should().Be("one\nhello\n640 anna:operators\n640 root:root");
        (await _guest.ReadAsync("/usr/lib/edgeop/report | grep provisioned")).Should().Be("provisioned aaaa");
        (await _guest.SshAsync("anna", folder + "/anna", "id -un; pwd; id -Gn")).Output.Should().Be("anna\n/home/anna\nanna operators watchers\n");
        (await _guest.SshAsync("ben", _guest.Key, "id -un")).Output.Should().Be("ben\n", "the bridge's key is every user's");
        (await _guest.SshAsync("ben", folder + "/anna", "true")).Code.Should().NotBe(0);

        // The same again changes nothing but what commands do; keys of users that are not declared any more are gone.
        var before = await _guest.ReadAsync("cat /etc/passwd /etc/group /etc/shadow");
        await _guest.ReadAsync("/usr/lib/edgeop/provision bbbb", archive);
        (await _guest.ReadAsync("cat /etc/passwd /etc/group /etc/shadow")).Should().Be(before);
        (await _guest.ReadAsync("grep -c first /var/lib/ran; cat /data/edgeop/provisioned; ls -d /data/edgeop/provision.* | wc -l")).Should().Be("2\nbbbb\n0");
        await _guest.ReadAsync("/usr/lib/edgeop/provision cccc", PlainGuest.Tar(("users", "anna\twatchers\t/bin/sh\n")));
        (await _guest.SshAsync("anna", folder + "/anna", "true")).Code.Should().NotBe(0);
        (await _guest.SshAsync("anna", _guest.Key, "id -Gn")).Output.Should().Be("anna watchers\n");
    }

    [Theory]
    [InlineData("commands/001", "echo why >&2; exit 7", "commands/001 ended with 7: why")]
    [InlineData("files/usr/bin/tool", "x", "Read-only file system")]
    [InlineData("owners", "nobodyknows\t/etc/hosts\n", "/etc/hosts can't be given to nobodyknows")]
    [InlineData("users", "Bad Name\t\t\n", "user Bad Name failed")]
    public async Task A_part_that_fails_is_named_and_the_hash_is_not_noted(string name, string content, string error)
    {
        var (code, _, errors) = await _guest.RunAsync("/usr/lib/edgeop/provision failed", PlainGuest.Tar(("commands/000", "true"), (name, content)));
        code.Should().NotBe(0);
        errors.TrimEnd('\n').Split('\n')[^1].Should().Contain(error);
        (await _guest.RunAsync("cat /data/edgeop/provisioned")).Output.Should().NotContain("failed");
        (await _guest.ReadAsync("ls -d /data/edgeop/provision.* 2>/dev/null | wc -l")).Should().Be("0");
    }

    [Fact]
    public async Task What_is_no_archive_is_refused()
    {
        var (code, _, errors) = await _guest.RunAsync("/usr/lib/edgeop/provision dddd", "no tar"u8.ToArray());
        code.Should().NotBe(0);
        errors.Should().Contain("the archive can't be unpacked");
    }
}
