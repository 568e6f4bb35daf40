using System.Runtime.InteropServices;
using EdgeOperator.Agent.Kinds.FunctionApp;
using EdgeOperator.Platform.Files;
using EdgeOperator.Platform.Processes;
using EdgeOperator.Testing;

namespace EdgeOperator.Agent.Tests.Kinds.FunctionApp;

/// <summary>Only root can give files away; anybody else has nothing to hand over.</summary>
public sealed class AppHomeTests : IDisposable
{
    private const int Files = 3000;

    private static readonly ProcessUser One = new(65533, 65533, IsKnown: true);
    private static readonly ProcessUser Other = new(65532, 65532, IsKnown: true);

    private readonly TempFolder _folder = new();
    private readonly AppFolder _app;

    public AppHomeTests() => _app = new(_folder.File("app"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_the_old_user_had_the_new_one_gets_links_themselves_included()
    {
        if (!Environment.IsPrivilegedProcess)
            return;
        Directory.CreateDirectory(_app.Path);
        AppHome.Prepare(_app, One);
        var (mine, link, roots) = (Path.Combine(_app.Home, "deep/er/mine"), Path.Combine(_app.Home, "link"), Path.Combine(_app.Home, "roots"));
        Directory.CreateDirectory(Path.GetDirectoryName(mine)!);
        File.WriteAllText(mine, "");
        File.WriteAllText(roots, "");
        File.CreateSymbolicLink(link, roots);
        GiveTo(One, Path.Combine(_app.Home, "deep"), Path.Combine(_app.Home, "deep/er"), mine, link);

        AppHome.Prepare(_app, Other);

        new[] { _app.Home, mine, link }.Select(OwnerOf).Should().OnlyContain(owner => owner == Other.User);
        OwnerOf(roots).Should().Be(0);
    }

    [Fact]
    public async Task A_user_who_puts_links_in_the_place_of_folders_meanwhile_gets_nothing_of_anybody_else()
    {
        if (!Environment.IsPrivilegedProcess)
            return;
        Directory.CreateDirectory(_app.Path);
        AppHome.Prepare(_app, One);
        var (own, link, target) = (Path.Combine(_app.Home, "own"), Path.Combine(_app.Home, "link"), Directory.CreateDirectory(_folder.File("target")).FullName);
        Directory.CreateDirectory(own);
        for (var i = 0; i < Files; i++)
        {
            await File.WriteAllTextAsync(Path.Combine(target, $"f{i}"), "");
            await File.WriteAllTextAsync(Path.Combine(own, $"f{i}"), "");
        }

        File.CreateSymbolicLink(link, target);
        GiveTo(One, [own, link, .. Directory.GetFiles(own)]);
        using var stop = new CancellationTokenSource();
        var swaps = 0L;
        var swapping = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                Exchange(own, link);
                Interlocked.Increment(ref swaps);
            }
        });
        await Eventually.TrueAsync("the user swaps", () => Interlocked.Read(ref swaps) > 0);

        foreach (var user in (ProcessUser[])[Other, One, Other, One, Other, One])
            AppHome.Prepare(_app, user);

        await stop.CancelAsync();
        await swapping;
        Directory.GetFiles(target).Should().HaveCount(Files).And.OnlyContain(file => OwnerOf(file) == 0);
    }

    [Fact]
    public void Folders_without_end_are_refused()
    {
        if (!Environment.IsPrivilegedProcess)
            return;
        Directory.CreateDirectory(_app.Path);
        AppHome.Prepare(_app, One);
        var at = _app.Home;
        for (var i = 0; i < 250; i++)
            GiveTo(One, Directory.CreateDirectory(at = Path.Combine(at, "d")).FullName);

        var prepare = () => AppHome.Prepare(_app, Other);

        prepare.Should().Throw<IOException>().WithMessage("*folders deep");
    }

    private static void Exchange(string one, string other)
    {
        const int CurrentFolder = -100;
        const uint ExchangeFlag = 2;
        if (RenameAt(CurrentFolder, one, CurrentFolder, other, ExchangeFlag) != 0)
            throw new IOException($"{one} can't be exchanged with {other}");
    }

    [DllImport("libc", EntryPoint = "renameat2")]
    private static extern int RenameAt(
        int fromFolder, [MarshalAs(UnmanagedType.LPUTF8Str)] string from, int toFolder, [MarshalAs(UnmanagedType.LPUTF8Str)] string to, uint flags);

    private static void GiveTo(ProcessUser user, params string[] paths)
    {
        foreach (var path in paths)
        {
            using var file = Posix.OpenPath(path)!;
            Posix.ChangeOwner(file, new(user.User, user.Group), path);
        }
    }

    private static uint OwnerOf(string path) => FileStatus.Of(path)!.Value.User;
}
