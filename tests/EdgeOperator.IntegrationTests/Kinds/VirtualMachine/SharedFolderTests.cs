using System.Runtime.Versioning;
using EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Platform.Files;
using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.IntegrationTests.Kinds.VirtualMachine;

/// <summary>What programs do in folders that host and guest share, in both directions, by virtiofs and over 9p.</summary>
[SupportedOSPlatform("linux")]
[Collection(SharedGuest.Name)]
public sealed class SharedFolderTests(SharedFolderTests.Guest guest) : IClassFixture<SharedFolderTests.Guest>
{
    private const string Virtiofs = "/mnt/vf";
    private const string Plan9 = "/mnt/9p";
    private const string ReadOnly = "/mnt/ro";

    [Fact]
    public async Task A_folder_comes_by_virtiofs_where_that_is_there_and_otherwise_over_9p() =>
        (await InAsync("awk '$2 ~ \"/mnt/\" {print $3, $2}' /proc/mounts")).Should().Be($"virtiofs {Virtiofs}\n9p {Plan9}\n9p {ReadOnly}", "this virtiofsd can't refuse writes, and one folder asks for 9p");

    [Theory]
    [InlineData(Virtiofs)]
    [InlineData(Plan9)]
    [InlineData(ReadOnly)]
    public async Task What_the_host_changes_is_seen_at_once_also_when_the_guest_had_read_it_before(string folder)
    {
        var name = folder[^2..];
        var file = guest.OnHost(folder, "changing");
        await File.WriteAllTextAsync(file, "first\n");
        (await InAsync($"cat {folder}/changing; ls {folder} | grep -c other || :")).Should().Be("first\n0");

        await File.WriteAllTextAsync(file, "second, and longer\n");
        await SeesAsync(folder, $"cat {folder}/changing; stat -c %s {folder}/changing", "second, and longer\n19");

        // Replaced, as editors and configuration tools do.
        await File.WriteAllTextAsync(file + ".new", "third\n");
        File.Move(file + ".new", file, overwrite: true);
        await SeesAsync(folder, $"cat {folder}/changing", "third");

        await File.AppendAllTextAsync(file, $"more {name}\n");
        File.Move(file, guest.OnHost(folder, "other"));
        await SeesAsync(folder, $"cat {folder}/other; ls {folder}/changing 2>&1 || :", $"third\nmore {name}\nls: {folder}/changing: No such file or directory");

        File.Delete(guest.OnHost(folder, "other"));
        await SeesAsync(folder, $"ls {folder}/other 2>&1 || :", $"ls: {folder}/other: No such file or directory");
    }

    [Fact]
    public async Task A_path_of_one_side_is_had_as_the_others_in_the_guest()
    {
        var there = guest.OnHost(Plan9, "a b");
        (await InAsync($"wslpath -w '{Plan9}/a b'; wslpath '{there}'; cd {Plan9} && wslpath -m .; wslpath -u relative; wslpath -w /etc 2>&1 || :")).Should()
            .Be($"{there}\n{Plan9}/a b\n{Path.GetDirectoryName(there)}\nrelative\nwslpath: /etc is in no shared folder, so the other side can't see it");
    }

    [Theory]
    [InlineData(Virtiofs)]
    [InlineData(Plan9)]
    public async Task What_the_guest_changes_is_seen_by_the_host_at_once(string folder)
    {
        await InAsync($"cd {folder} && mkdir -p made/deep && echo one >made/deep/file && echo two >>made/deep/file && mv made/deep/file made/moved && ln made/moved made/linked && rmdir made/deep");

        var (moved, linked) = (guest.OnHost(folder, "made/moved"), guest.OnHost(folder, "made/linked"));
        (await File.ReadAllTextAsync(moved)).Should().Be("one\ntwo\n");
        Directory.GetFileSystemEntries(guest.OnHost(folder, "made")).Should().BeEquivalentTo(moved, linked);
        await File.AppendAllTextAsync(linked, "three\n");
        (await InAsync($"echo four >>{folder}/made/linked; cat {folder}/made/moved; stat -c %h {folder}/made/moved")).Should().Be("one\ntwo\nthree\nfour\n2", "both are the same file, and nobody writes over what the other has appended");

        await InAsync($"cd {folder}/made && echo new >other && mv other moved && rm linked");
        (await File.ReadAllTextAsync(moved)).Should().Be("new\n", "it was replaced");
        await InAsync($"rm -r {folder}/made");
        Directory.Exists(guest.OnHost(folder, "made")).Should().BeFalse();
    }

    [Theory]
    [InlineData(Virtiofs)]
    [InlineData(Plan9)]
    public async Task A_file_is_mapped_into_memory_shared_and_what_is_written_there_arrives(string folder) // as SQLite and Git do
    {
        (await ProbeAsync($"map {folder}/mapped hello; tail -c 4096 {folder}/mapped | tr -d '\\0'")).Should().Be("mapped 0\nhello");
        (await File.ReadAllTextAsync(guest.OnHost(folder, "mapped"))).Should().Contain("hello");

        (await Shell.RunAsync(guest.OnHost(ReadOnly, "probe"), "map", guest.OnHost(folder, "mapped"), "from the host")).Should().Be("mapped 0\n");
        (await ProbeAsync($"mapped {folder}/mapped")).Should().Be("from the host");
    }

    [Theory]
    [InlineData(Virtiofs)]
    [InlineData(Plan9)]
    public async Task Programs_of_the_guest_lock_each_other_out(string folder) =>
        (await InAsync($"{ReadOnly}/probe lock {folder}/records; {ReadOnly}/probe lock {folder}/whole flock")).Should().Be("0 0 0 1\n0 0 0 1");

    [Theory]
    [InlineData(Virtiofs, 0)]
    [InlineData(Plan9, -1)]
    public async Task A_file_that_was_removed_is_there_for_whoever_has_it_open(string folder, int shortened) =>
        (await ProbeAsync($"unlinked {folder}/gone")).Should().Be($"0 11 still there, shortened {shortened}");

    [Theory]
    [InlineData(Virtiofs)]
    [InlineData(Plan9)]
    public async Task Attributes_are_the_same_on_both_sides(string folder)
    {
        (await ProbeAsync($"setxattr {folder}/attributed user.note guests")).Should().Be("0");
        var (probe, file) = (guest.OnHost(ReadOnly, "probe"), guest.OnHost(folder, "attributed"));
        (await Shell.RunAsync(probe, "getxattr", file, "user.note")).Should().Be("guests\n");
        await Shell.RunAsync(probe, "setxattr", file, "user.note", "hosts");
        (await ProbeAsync($"getxattr {folder}/attributed user.note")).Should().Be("hosts");
    }

    [Theory]
    [InlineData(Virtiofs)]
    [InlineData(Plan9)]
    public async Task Programs_are_told_of_changes_of_their_own_side(string folder) =>
        (await ProbeAsync($"inotify {folder}")).Should().Be("noticed");

    [Fact]
    public async Task Over_9p_owners_modes_and_attributes_that_the_guest_gives_hold_in_the_guest_and_are_harmless_on_the_host()
    {
        await InAsync($"cd {Plan9} && echo '#!/bin/sh' >tool && chown 1234:5678 tool && chmod 4751 tool");

        (await InAsync($"stat -c '%a %u %g' {Plan9}/tool")).Should().Be("4751 1234 5678");
        var tool = guest.OnHost(Plan9, "tool");
        File.GetUnixFileMode(tool).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        (await Shell.RunAsync("stat", "-c", "%u", tool)).Trim().Should().Be("0");
    }

    [Fact]
    public async Task By_virtiofs_owners_and_modes_are_the_same_on_both_sides_and_nothing_can_be_made_that_has_powers_on_the_host()
    {
        (await InAsync($"cd {Virtiofs} && echo '#!/bin/sh' >tool && chown 1234:5678 tool && chmod 751 tool && stat -c '%a %u %g' tool")).Should().Be("751 1234 5678");
        var tool = guest.OnHost(Virtiofs, "tool");
        (await Shell.RunAsync("stat", "-c", "%a %u %g", tool)).Should().Be("751 1234 5678\n");
        await Shell.RunAsync("chmod", "640", tool);
        await SeesAsync(Virtiofs, $"stat -c %a {Virtiofs}/tool", "640");

        (await InAsync($"cd {Virtiofs}; for mode in 4755 2755 u+s; do chmod $mode tool 2>/dev/null && echo made; done; mkdir -m 2777 set-group 2>/dev/null && echo made; mknod disk b 254 0 2>/dev/null && echo made; stat -c %a tool")).Should().Be("640");
        (await ProbeAsync($"create {Virtiofs}/privileged 4755")).Should().Be("Operation not permitted");
        (await ProbeAsync($"setxattr {Virtiofs}/tool security.capability 0")).Should().Be("-1");
    }

    [Theory]
    [InlineData(Virtiofs)]
    [InlineData(Plan9)]
    public async Task Another_user_of_the_guest_writes_where_the_guests_modes_let_him(string folder)
    {
        await InAsync($"/usr/lib/edgeop/user anna '' '' && mkdir -p {folder}/annas {folder}/roots && chown anna {folder}/annas && chmod 700 {folder}/roots");

        (await InAsync($"su anna -s /bin/sh -c 'echo hers >{folder}/annas/file && stat -c %U {folder}/annas/file; echo no >{folder}/roots/file' 2>&1 || :")).Should().StartWith("anna\n").And.Contain("Permission denied");
        (await File.ReadAllTextAsync(guest.OnHost(folder, "annas/file"))).Should().Be("hers\n");
    }

    [Fact]
    public async Task Over_9p_links_of_the_guest_are_links_to_it_and_links_of_the_host_are_followed_where_the_guest_only_reads()
    {
        (await InAsync($"cd {Plan9} && echo target >to && ln -s to link && cat link && readlink link")).Should().Be("target\nto");
        new FileInfo(guest.OnHost(Plan9, "link")).LinkTarget.Should().BeNull("it is a file to the host, which it so can't lead astray");

        await File.WriteAllTextAsync(guest.OnHost(ReadOnly, "to"), "from the host\n");
        File.CreateSymbolicLink(guest.OnHost(ReadOnly, "link"), "to");
        File.CreateSymbolicLink(guest.OnHost(ReadOnly, "out"), "/etc/hostname");
        (await InAsync($"cat {ReadOnly}/link; readlink {ReadOnly}/out")).Should().Be("from the host\n/etc/hostname", "where it leads is the guest's own");

        File.CreateSymbolicLink(guest.OnHost(Plan9, "hosts-link"), "to");
        (await InAsync($"cat {Plan9}/hosts-link 2>&1 || :")).Should().Contain("Too many levels of symbolic links");
    }

    [Fact]
    public async Task By_virtiofs_links_of_either_side_are_links_on_both_and_none_leads_the_guest_out_of_its_folder()
    {
        (await InAsync($"cd {Virtiofs} && echo target >to && ln -s to guests && cat guests")).Should().Be("target");
        new FileInfo(guest.OnHost(Virtiofs, "guests")).LinkTarget.Should().Be("to");
        (await File.ReadAllTextAsync(guest.OnHost(Virtiofs, "guests"))).Should().Be("target\n");

        File.CreateSymbolicLink(guest.OnHost(Virtiofs, "hosts"), "to");
        File.CreateSymbolicLink(guest.OnHost(Virtiofs, "absolute"), Path.Combine(guest.Machine.Folder, "machine.json"));
        File.CreateSymbolicLink(guest.OnHost(Virtiofs, "relative"), "../machine.json");
        await File.WriteAllTextAsync(Path.Combine(Path.GetDirectoryName(guest.OnHost(Virtiofs, ""))!, "..", "machine.json"), "the host's");
        (await InAsync($"cd {Virtiofs} && cat hosts; cat absolute relative 2>&1 || :")).Should().StartWith("target\n").And.Contain("absolute': No such file").And.Contain("relative': No such file");
    }

    [Theory]
    [InlineData(Virtiofs)]
    [InlineData(Plan9)]
    public async Task Ten_thousand_files_come_and_go(string folder)
    {
        (await InAsync($"mkdir {folder}/many && cd {folder}/many && i=0; while [ $i -lt 10000 ]; do : >$i; i=$((i + 1)); done; ls | wc -l")).Should().Be("10000");
        Directory.EnumerateFiles(guest.OnHost(folder, "many")).Should().HaveCount(10000);

        Directory.Delete(guest.OnHost(folder, "many"), recursive: true);
        (await InAsync($"ls {folder} | grep -c many || :")).Should().Be("0");
    }

    [Fact]
    public async Task A_folder_is_there_again_after_the_guest_has_rebooted_itself_and_after_the_process_that_serves_it_was_killed()
    {
        await File.WriteAllTextAsync(guest.OnHost(Virtiofs, "lasting"), "there\n");
        var boot = (await guest.Machine.RunningAsync()).Guest!.BootId;
        await InAsync("(sleep 1; reboot) >/dev/null 2>&1 &");
        boot = (await guest.Machine.RunningAsync(otherThanBoot: boot)).Guest!.BootId;
        (await InAsync($"cat {Virtiofs}/lasting")).Should().Be("there");

        Posix.Signal(int.Parse((await File.ReadAllTextAsync(Path.Combine(guest.Machine.Folder, "share0", "process"))).Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture), 9);
        (await guest.Machine.SeenAsync(machine => machine.Broken is not null)).Broken.Should().StartWith($"the process that serves its shared folder {Virtiofs} has ended (virtiofsd: it ended");

        await QemuMachine.SucceedsAsync(guest.Machine.StopAsync());
        Directory.Exists(Path.Combine(guest.Machine.Folder, "share0")).Should().BeFalse();
        await QemuMachine.SucceedsAsync(guest.Machine.StartAsync());
        (await guest.Machine.RunningAsync(otherThanBoot: boot)).Broken.Should().BeNull();
        (await InAsync($"cat {Virtiofs}/lasting")).Should().Be("there");
    }

    private Task<string> InAsync(string script) => guest.Machine.InGuestAsync(script);

    /// <summary>At once; newer programs that serve folders by virtiofs let a guest take a second.</summary>
    private async Task SeesAsync(string folder, string script, string expected)
    {
        if (folder == Virtiofs && await new VirtiofsdSearch(QemuPrograms.Installed).FindAsync(CancellationToken.None) is { IsQemus: false })
            await Eventually.SucceedsAsync(SeenAsync);
        else
            await SeenAsync();

        async Task SeenAsync() => (await InAsync(script)).Should().Be(expected);
    }

    private Task<string> ProbeAsync(string line) => InAsync($"{ReadOnly}/probe {line}");

    /// <summary>A guest with two folders to write to, one by virtiofs and one over 9p, and one to read.</summary>
    public sealed class Guest(MinimalGuest image) : IAsyncLifetime
    {
        private readonly TempFolder _folder = new("sf");
        private QemuMachine? _machine;

        internal QemuMachine Machine => _machine!;

        public string OnHost(string folder, string name) => Path.Combine(_folder, folder[^2..], name);

        public async Task InitializeAsync()
        {
            foreach (var folder in (string[])[Virtiofs, Plan9, ReadOnly])
                Directory.CreateDirectory(OnHost(folder, ""));
            await Shell.RunAsync("cc", "-static", "-o", OnHost(ReadOnly, "probe"), Path.Combine(AppContext.BaseDirectory, "Kinds", "VirtualMachine", "probe.c"));
            _machine = new QemuMachine(image.Image, edgeop: await EdgeopBinary.PathAsync());
            _machine.Shape = _machine.Shape with
            {
                SharedFolders =
                [
                    new(OnHost(Virtiofs, ""), Virtiofs, ReadOnly: false),
                    new(OnHost(Plan9, ""), Plan9, ReadOnly: false, ShareTransport.Plan9),
                    new(OnHost(ReadOnly, ""), ReadOnly, ReadOnly: true, ShareTransport.Plan9),
                ],
            };
            await _machine.BootAsync();
        }

        public async Task DisposeAsync()
        {
            if (_machine is not null)
                await _machine.DisposeAsync();
            _folder.Dispose();
        }
    }
}
