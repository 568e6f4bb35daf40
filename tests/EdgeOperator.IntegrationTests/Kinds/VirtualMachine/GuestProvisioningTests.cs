using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Kinds.VirtualMachine;

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
        (await _guest.SshAsync("ben", _guest.Key, "id -un")).Output.Should().Be("ben\n", "the tunnel's key is every user's");
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

    [Fact]
    public async Task What_is_not_declared_any_more_goes_and_what_was_there_before_comes_back()
    {
        using var folder = new TempFolder();
        await PlainGuest.KeyAsync(folder + "/key");
        var key = await File.ReadAllTextAsync(folder + "/key.pub");
        const string Before = "cat /etc/covered; stat -c '%a %u' /etc/covered; readlink /etc/linked; ls /opt/new 2>/dev/null; grep old /etc/passwd /etc/group; ls /etc/ssh/keys";
        await _guest.ReadAsync("/usr/lib/edgeop/provision aaaa", PlainGuest.Tar(("users", "")));
        await _guest.ReadAsync("echo before >/etc/covered; chmod 640 /etc/covered; chown 12 /etc/covered; ln -sfn /nowhere /etc/linked; /usr/lib/edgeop/user old others /bin/ash");
        var before = await _guest.ReadAsync(Before);

        await _guest.ReadAsync("/usr/lib/edgeop/provision bbbb", PlainGuest.Tar(
            ("files/etc/covered", "after"), ("files/etc/linked", "after"), ("files/opt/new", "after"), ("users", "cleo\twatchers\t/bin/sh\nold\twatchers\t/bin/sh\n"),
            ("keys/cleo", key), ("keys/old", key)));
        (await _guest.ReadAsync("cat /etc/covered /etc/linked /opt/new; id -Gn old; ls /etc/ssh/keys | wc -l")).Should().Be("afterafterafterold watchers\n2");
        await _guest.ReadAsync("touch /home/cleo/kept; chown cleo /home/cleo/kept; unshare -pf su cleo -c 'exec sleep 7654' >/dev/null 2>&1 &");
        (await _guest.SshAsync("cleo", folder + "/key", "sleep 4567 >/dev/null 2>&1 & pidof sleep >/dev/null; id -u")).Should().Match<(int Code, string Output, string Errors)>(a => a.Code == 0, "the user's key counts");
        var id = await _guest.ReadAsync("id -u cleo");
        const string Sleeping = "grep -ls 'sleep.[0-9]' /proc/[0-9]*/cmdline | while read -r file; do tr '\\0' ' ' <$file; done";
        await Eventually.SucceedsAsync(async () => (await _guest.ReadAsync(Sleeping)).Should().Contain("sleep 4567").And.Contain("sleep 7654"), TimeSpan.FromSeconds(30));

        await _guest.ReadAsync("/usr/lib/edgeop/provision cccc", PlainGuest.Tar(("users", "")));
        (await _guest.ReadAsync(Before)).Should().Be(before);
        (await _guest.RunAsync("id cleo")).Code.Should().NotBe(0);
        (await _guest.SshAsync("cleo", folder + "/key", "true")).Code.Should().NotBe(0);
        (await _guest.ReadAsync(Sleeping)).Should().NotContain("sleep 4567").And.Contain("sleep 7654", "a container's users are others, whatever their numbers");
        (await _guest.ReadAsync("stat -c %u /home/cleo/kept; ls /data/edgeop/made/originals | wc -l")).Should().Be($"{id}\n0", "data are never deleted");

        // A number is never given to another, and a user that comes back has its own.
        await _guest.ReadAsync("/usr/lib/edgeop/provision dddd", PlainGuest.Tar(("users", "dora\t\t\ncleo\t\t\n")));
        (await _guest.ReadAsync("id -u cleo; stat -c %U /home/cleo/kept")).Should().Be($"{id}\ncleo");
    }

    [Fact]
    public async Task A_provisioning_that_is_killed_anywhere_and_asked_for_again_ends_right()
    {
        async Task SendAsync(string name, byte[] tar) => await _guest.ReadAsync($"cat >/tmp/{name}", tar);
        await SendAsync("none", PlainGuest.Tar(("users", "")));
        await SendAsync("one", PlainGuest.Tar(("files/etc/first", "one"), ("files/etc/second", "one"), ("users", "emil\tthose\t\n")));
        await SendAsync("two", PlainGuest.Tar(("files/etc/third", "two"), ("users", "fred\tthose\t\n")));
        await _guest.ReadAsync("""
            mkdir /tmp/lib
            echo 'tick() { read -r left </tmp/left; [ $left != 0 ] || { kill -KILL $$; exit 1; }; echo $((left - 1)) >/tmp/left; }
                cp() { tick; command cp "$@"; }
                mv() { tick; command mv "$@"; }
                rm() { tick; command rm "$@"; }' >/tmp/lib/tick
            for program in take-away remove-user user; do
                sed 's|^set -eu$|set -eu; . /tmp/lib/tick|; s|/usr/lib/edgeop|/tmp/lib|g' /usr/lib/edgeop/$program >/tmp/lib/$program
                chmod 755 /tmp/lib/$program
            done
            printf before >/etc/first; printf before >/etc/third
            """);

        // Each file operation in turn is the one at which it ends, until one run has fewer of them.
        (await _guest.ReadAsync("""
            set -eu
            provision() { /usr/lib/edgeop/provision "$1" <"/tmp/$1"; }
            step=0 died=0
            while :; do
                provision none; provision one
                rm -rf /tmp/work; mkdir /tmp/work; tar -x -f /tmp/two -C /tmp/work
                echo $step >/tmp/left
                ! (cd /tmp/work && exec /tmp/lib/take-away) 2>/dev/null || break
                died=$((died + 1)) step=$((step + 1))
                provision two
                is="$(cat /etc/first /etc/third; ls /etc/second 2>/dev/null; cut -d: -f1 /etc/passwd | grep -e emil -e fred; grep those: /etc/group | cut -d: -f4)"
                [ "$is" = "$(printf 'beforetwofred\nfred')" ] || echo "$step: $is"
                provision none
                is="$(cat /etc/first /etc/third; ls /etc/second 2>/dev/null; cut -d: -f1 /etc/passwd | grep -e emil -e fred || :)"
                [ "$is" = beforebefore ] || echo "$step then nothing: $is"
            done
            [ $died -gt 9 ] || echo "it was killed $died times"
            """)).Should().BeEmpty();
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
        (await _guest.ReadAsync("/usr/lib/edgeop/report | grep provisioned")).Should().Be("provisioned unfinished");
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
