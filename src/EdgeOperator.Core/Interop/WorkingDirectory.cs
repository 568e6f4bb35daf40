namespace EdgeOperator.Core.Interop;

/// <summary>Where a program starts that is called from the other side.</summary>
public static class WorkingDirectory
{
    /// <summary>The caller's directory, when the guest sees it.</summary>
    /// <returns>Null for the home of the guest's user.</returns>
    public static string? InGuest(string hostDirectory, PathMap paths) => paths.ToGuest(hostDirectory);

    /// <param name="asked">In the guest, <c>~</c> for home; null when nothing was asked for.</param>
    /// <inheritdoc cref="InGuest(string, PathMap)"/>
    public static string? InGuest(string? asked, string hostDirectory, PathMap paths) =>
        asked is null ? InGuest(hostDirectory, paths) : asked == "~" ? null : asked;

    /// <summary>
    /// The caller's directory, when the host sees it; otherwise where the session was started from, as WSL does for directories
    /// on the guest's own disk (VolFs); otherwise the root.
    /// </summary>
    /// <param name="started">The host's directory from which the guest's session was started; null when it was not started from the host.</param>
    public static string OnHost(string guestDirectory, string? started, PathMap paths) =>
        (paths.FolderOfGuest(guestDirectory) is not null ? paths.ToHost(guestDirectory) : null)
        ?? (started is not null && paths.ToGuest(started) is not null ? started : null)
        ?? (paths.Style == HostStyle.Windows ? @"C:\" : "/");
}
