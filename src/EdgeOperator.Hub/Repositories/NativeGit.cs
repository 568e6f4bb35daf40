using System.Runtime.InteropServices;
using EdgeOperator.Platform.Files;
using LibGit2Sharp;

namespace EdgeOperator.Hub.Repositories;

/// <summary>libgit2, as the hub wants it: it reads no settings of users and of the machine, and waits for no server for ever.</summary>
internal static partial class NativeGit
{
    /// <summary>As LibGit2Sharp 0.32 names it.</summary>
    private const string Library = "git2-5853918";

    // libgit2, include/git2/common.h, git_libgit2_opt_t.
    private const int SetServerConnectTimeout = 39;
    private const int SetServerTimeout = 41;

    /// <summary>Of each read, in milliseconds.</summary>
    private const int ServerTimeout = 20_000;
    private const int ConnectTimeout = 15_000;

    private static readonly Lazy<bool> Prepared = new(() =>
    {
        MemoryLibrary.Offer(typeof(NativeGit).Assembly, "libgit2.so", name => name.StartsWith("git2-", StringComparison.Ordinal));
        foreach (var level in (ConfigurationLevel[])[ConfigurationLevel.Global, ConfigurationLevel.Xdg, ConfigurationLevel.System, ConfigurationLevel.ProgramData])
            GlobalSettings.SetConfigSearchPaths(level, "");

        // A repository on this machine may be another user's: nothing of its settings is run.
        GlobalSettings.SetOwnerValidation(false);
        NativeLibrary.SetDllImportResolver(typeof(NativeGit).Assembly, (name, assembly, path) =>
            name == Library && NativeLibrary.TryLoad(name, typeof(LibGit2Sharp.Repository).Assembly, path, out var handle) ? handle : 0);
        _ = SetOption(SetServerConnectTimeout, ConnectTimeout);
        _ = SetOption(SetServerTimeout, ServerTimeout);
        return true;
    });

    /// <summary>Before anything else of LibGit2Sharp is used.</summary>
    public static void Prepare() => _ = Prepared.Value;

    [LibraryImport(Library, EntryPoint = "git_libgit2_opts")]
    private static partial int SetOption(int option, int milliseconds);
}
