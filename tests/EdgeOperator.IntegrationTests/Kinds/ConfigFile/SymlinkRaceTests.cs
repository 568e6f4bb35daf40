using System.Runtime.InteropServices;
using EdgeOperator.Agent.Kinds.ConfigFile;
using EdgeOperator.Core.Planning;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.IntegrationTests.Kinds.ConfigFile;

/// <summary>Somebody who owns a folder below an allowed root swaps it for a symlink while the agent works.</summary>
public sealed partial class SymlinkRaceTests : FileFixture
{
    private string Outside => Path.Combine(Folder, "outside");

    [Fact]
    public void A_folder_that_is_swapped_after_the_check_does_not_lead_the_write_astray()
    {
        Directory.CreateDirectory(Outside);
        Directory.CreateDirectory(At("d"));
        using var place = ResolvedPath.Find(new(new() { AllowedRoots = [Root] }, new([], [State])), At("d/f"));
        Directory.Move(At("d"), At("moved"));
        Directory.CreateSymbolicLink(At("d"), Outside);

        AtomicFile.Write(place.Access, "content"u8.ToArray());

        Directory.GetFileSystemEntries(Outside).Should().BeEmpty();
        File.Exists(At("moved/f")).Should().BeTrue();
    }

    [Fact]
    public void A_missing_folder_that_appears_as_a_symlink_is_not_entered()
    {
        Directory.CreateDirectory(Outside);
        using var place = ResolvedPath.Find(new(new() { AllowedRoots = [Root] }, new([], [State])), At("d/f"));
        Directory.CreateSymbolicLink(At("d"), Outside);

        var make = place.MakeFolders;

        make.Should().Throw<IOException>();
    }

    [Fact]
    public void A_file_that_is_swapped_after_the_check_is_not_read()
    {
        var secret = Folder.Write("secret", "secret");
        File.WriteAllText(At("f"), "harmless");
        using var place = ResolvedPath.Find(new(new() { AllowedRoots = [Root] }, new([], [State])), At("f"));
        File.Delete(At("f"));
        File.CreateSymbolicLink(At("f"), secret);

        var read = place.OpenRead;

        read.Should().Throw<IOException>();
    }

    [Fact]
    public async Task Whoever_swaps_all_the_time_never_gets_the_agent_to_write_or_delete_outside()
    {
        Directory.CreateDirectory(At("d"));
        await File.WriteAllTextAsync(Path.Combine(Directory.CreateDirectory(Outside).FullName, "f"), "untouched");
        Directory.CreateSymbolicLink(At("link"), Outside);
        using var done = new CancellationTokenSource();
        var swapping = Task.Run(() =>
        {
            while (!done.IsCancellationRequested)
            {
                Exchange(At("d"), At("link"));
            }
        });

        var (written, refused) = (0, 0);
        for (var i = 0; i < 1000 && (i < 100 || written < 5 || refused < 5); i++)
        {
            var outcome = await WriteAsync(ConfigFile(At("d/f"), $"content {i}"));
            written += outcome is StepOutcome.Succeeded ? 1 : 0;
            refused += outcome is StepOutcome.Terminal ? 1 : 0;
            await RestoreAsync(At("d/f"));
        }

        await done.CancelAsync();
        await swapping;
        (await File.ReadAllTextAsync(Path.Combine(Outside, "f"))).Should().Be("untouched");
        Directory.GetFileSystemEntries(Outside).Should().ContainSingle();
        written.Should().BePositive("the race must have gone both ways");
        refused.Should().BePositive("the race must have gone both ways");
    }

    private static void Exchange(string a, string b)
    {
        const int CurrentFolder = -100;
        const uint Exchange = 2;
        RenameAt2(CurrentFolder, a, CurrentFolder, b, Exchange).Should().Be(0);
    }

    [LibraryImport("libc", EntryPoint = "renameat2", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameAt2(int fromFolder, string from, int toFolder, string to, uint flags);
}
