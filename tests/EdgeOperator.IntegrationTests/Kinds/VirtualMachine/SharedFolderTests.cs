using System.Runtime.Versioning;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Kinds.VirtualMachine;

/// <summary>What programs do in folders that host and guest share, in both directions.</summary>
[SupportedOSPlatform("linux")]
[Collection(SharedGuest.Name)]
public sealed class SharedFolderTests(SharedFolderTests.Guest guest) : IClassFixture<SharedFolderTests.Guest>
{
    private const string Writable = "/mnt/rw";
    private const string ReadOnly = "/mnt/ro";

    [Theory]
    [InlineData(Writable)]
    [InlineData(ReadOnly)]
    public async Task What_the_host_changes_is_seen_at_once_also_when_the_guest_had_read_it_before(string folder)
    {
        var name = folder[^2..];
        var file = guest.OnHost(folder, "changing");
        await File.WriteAllTextAsync(file, "first\n");
        (await InAsync($"cat {folder}/changing; ls {folder} | grep -c other || :")).Should().Be("first\n0");

        await File.WriteAllTextAsync(file, "second, and longer\n");
        (await InAsync($"cat {folder}/changing; stat -c %s {folder}/changing")).Should().Be("second, and longer\n19");

        // Replaced, as editors and configuration tools do.
        await File.WriteAllTextAsync(file + ".new", "third\n");
        File.Move(file + ".new", file, overwrite: true);
        (await InAsync($"cat {folder}/changing")).Should().Be("third");

        await File.AppendAllTextAsync(file, $"more {name}\n");
        File.Move(file, guest.OnHost(folder, "other"));
        (await InAsync($"cat {folder}/other; ls {folder}/changing 2>&1 || :")).Should().Be($"third\nmore {name}\nls: {folder}/changing: No such file or directory");

        File.Delete(guest.OnHost(folder, "other"));
        (await InAsync($"ls {folder}/other 2>&1 || :")).Should().Contain("No such file");
    }

    [Fact]
    public async Task A_path_of_one_side_is_had_as_the_others_in_the_guest()
    {
        var there = guest.OnHost(Writable, "a b");
        (await InAsync($"wslpath -w '{Writable}/a b'; wslpath '{there}'; cd {Writable} && wslpath -m .; wslpath -u relative; wslpath -w /etc 2>&1 || :")).Should()
            .Be($"{there}\n{Writable}/a b\n{Path.GetDirectoryName(there)}\nrelative\nwslpath: /etc is in no shared folder, so the other side can't see it");
    }

    [Fact]
    public async Task What_the_guest_changes_is_seen_by_the_host_at_once()
    {
        await InAsync($"cd {Writable} && mkdir -p made/deep && echo one >made/deep/file && echo two >>made/deep/file && mv made/deep/file made/moved && ln made/moved made/linked && rmdir made/deep");

        var (moved, linked) = (guest.OnHost(Writable, "made/moved"), guest.OnHost(Writable, "made/linked"));
        (await File.ReadAllTextAsync(moved)).Should().Be("one\ntwo\n");
        Directory.GetFileSystemEntries(guest.OnHost(Writable, "made")).Should().BeEquivalentTo(moved, linked);
        await File.AppendAllTextAsync(linked, "three\n");
        (await InAsync($"cat {Writable}/made/moved; stat -c %h {Writable}/made/moved")).Should().Be("one\ntwo\nthree\n2", "both are the same file");
        await InAsync($"rm -r {Writable}/made");
        Directory.Exists(guest.OnHost(Writable, "made")).Should().BeFalse();
    }

    [Fact]
    public async Task A_file_is_mapped_into_memory_shared_and_what_is_written_there_arrives() // as SQLite and Git do
    {
        await guest.CompileAsync("map", """
            #include <fcntl.h>
            #include <string.h>
            #include <sys/mman.h>
            #include <unistd.h>
            int main(int n, char **a) {
                int f = open(a[1], O_RDWR | O_CREAT, 0644);
                if (f < 0 || ftruncate(f, 8192)) return 1;
                char *m = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, f, 0);
                if (m == MAP_FAILED) return 2;
                strcpy(m + 4096, "mapped");
                return msync(m, 8192, MS_SYNC) ? 3 : 0;
            }
            """);

        (await InAsync($"{ReadOnly}/map {Writable}/mapped; echo $?; tail -c 4096 {Writable}/mapped | tr -d '\\0'")).Should().Be("0\nmapped");
        (await File.ReadAllTextAsync(guest.OnHost(Writable, "mapped"))).Should().Contain("mapped");
    }

    [Fact]
    public async Task Programs_of_the_guest_lock_each_other_out()
    {
        // The parent holds the lock while its child tries to get it, and lets go before the child tries again.
        await guest.CompileAsync("lock", """
            #include <fcntl.h>
            #include <stdio.h>
            #include <sys/file.h>
            #include <sys/wait.h>
            #include <unistd.h>
            static int whole;
            static int lock(int f, int on) {
                struct flock l = { .l_type = on ? F_WRLCK : F_UNLCK, .l_whence = SEEK_SET };
                return whole ? flock(f, on ? LOCK_EX | LOCK_NB : LOCK_UN) : fcntl(f, F_SETLK, &l);
            }
            static int child(char *path) {
                if (fork() == 0)
                    _exit(lock(open(path, O_RDWR), 1) == 0);
                int status;
                wait(&status);
                return WEXITSTATUS(status);
            }
            int main(int n, char **a) {
                whole = n > 2;
                int f = open(a[1], O_RDWR | O_CREAT, 0644), held = lock(f, 1), other = child(a[1]), freed = lock(f, 0);
                printf("%d %d %d %d\n", held, other, freed, child(a[1]));
            }
            """);

        (await InAsync($"{ReadOnly}/lock {Writable}/records; {ReadOnly}/lock {Writable}/whole flock")).Should().Be("0 0 0 1\n0 0 0 1");
    }

    [Fact]
    public async Task Owners_modes_and_attributes_that_the_guest_gives_hold_in_the_guest_and_are_harmless_on_the_host()
    {
        await InAsync($"cd {Writable} && echo '#!/bin/sh' >tool && chown 1234:5678 tool && chmod 4751 tool");

        (await InAsync($"stat -c '%a %u %g' {Writable}/tool")).Should().Be("4751 1234 5678");
        var tool = guest.OnHost(Writable, "tool");
        File.GetUnixFileMode(tool).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        (await Shell.RunAsync("stat", "-c", "%u", tool)).Trim().Should().Be("0");
    }

    [Fact]
    public async Task Another_user_of_the_guest_writes_where_the_guests_modes_let_him()
    {
        await InAsync($"/usr/lib/edgeop/user anna '' '' && mkdir -p {Writable}/annas {Writable}/roots && chown anna {Writable}/annas && chmod 700 {Writable}/roots");

        (await InAsync($"su anna -s /bin/sh -c 'echo hers >{Writable}/annas/file && stat -c %U {Writable}/annas/file; echo no >{Writable}/roots/file' 2>&1 || :")).Should().StartWith("anna\n").And.Contain("Permission denied");
        (await File.ReadAllTextAsync(guest.OnHost(Writable, "annas/file"))).Should().Be("hers\n");
    }

    [Fact]
    public async Task Links_of_the_guest_are_links_to_it_and_links_of_the_host_are_followed_where_the_guest_only_reads()
    {
        (await InAsync($"cd {Writable} && echo target >to && ln -s to link && cat link && readlink link")).Should().Be("target\nto");
        new FileInfo(guest.OnHost(Writable, "link")).LinkTarget.Should().BeNull("it is a file to the host, which it so can't lead astray");

        await File.WriteAllTextAsync(guest.OnHost(ReadOnly, "to"), "from the host\n");
        File.CreateSymbolicLink(guest.OnHost(ReadOnly, "link"), "to");
        File.CreateSymbolicLink(guest.OnHost(ReadOnly, "out"), "/etc/hostname");
        (await InAsync($"cat {ReadOnly}/link; readlink {ReadOnly}/out")).Should().Be("from the host\n/etc/hostname", "where it leads is the guest's own");

        File.CreateSymbolicLink(guest.OnHost(Writable, "hosts-link"), "to");
        (await InAsync($"cat {Writable}/hosts-link 2>&1 || :")).Should().Contain("Too many levels of symbolic links");
    }

    [Fact]
    public async Task Ten_thousand_files_come_and_go()
    {
        (await InAsync($"mkdir {Writable}/many && cd {Writable}/many && i=0; while [ $i -lt 10000 ]; do : >$i; i=$((i + 1)); done; ls | wc -l")).Should().Be("10000");
        Directory.EnumerateFiles(guest.OnHost(Writable, "many")).Should().HaveCount(10000);

        Directory.Delete(guest.OnHost(Writable, "many"), recursive: true);
        (await InAsync($"ls {Writable} | grep -c many || :")).Should().Be("0");
    }

    private Task<string> InAsync(string script) => guest.Machine.InGuestAsync(script);

    /// <summary>A guest with one folder to write to and one to read.</summary>
    public sealed class Guest(MinimalGuest image) : IAsyncLifetime
    {
        private readonly TempFolder _folder = new("sf");
        private QemuMachine? _machine;

        internal QemuMachine Machine => _machine!;

        public string OnHost(string folder, string name) => Path.Combine(_folder, folder[^2..], name);

        /// <summary>Puts a program for the guest into the folder that it only reads.</summary>
        public Task CompileAsync(string name, string source) =>
            Shell.RunAsync("cc", "-static", "-o", OnHost(ReadOnly, name), _folder.Write($"{name}.c", source));

        public async Task InitializeAsync()
        {
            Directory.CreateDirectory(OnHost(Writable, ""));
            Directory.CreateDirectory(OnHost(ReadOnly, ""));
            _machine = new QemuMachine(image.Image);
            _machine.Shape = _machine.Shape with
            {
                SharedFolders = [new(OnHost(Writable, ""), Writable, ReadOnly: false), new(OnHost(ReadOnly, ""), ReadOnly, ReadOnly: true)],
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
