using EdgeOperator.Platform.Sockets;

namespace EdgeOperator.Hub.Hosting;

/// <summary>
/// How many connections the two listeners keep that strangers reach. Each takes an open file; neither listener's can take those of the other
/// one, or of the database and artifacts.
/// </summary>
internal static class ListenerLimits
{
    private const int Most = 200_000;

    /// <summary>Files that are enough for all else. Where there are few, a quarter is left.</summary>
    private const int Kept = 2048;

    public static int Mqtt => Of(3, ConnectionLimits.OpenFiles);

    public static int Https => Of(1, ConnectionLimits.OpenFiles);

    /// <param name="quarters">Of the files that are not kept.</param>
    internal static int Of(int quarters, int files) => (int)Math.Clamp((files - Math.Min(Kept, files / 4)) / 4L * quarters, 1, Most);
}
