using System.Globalization;

namespace EdgeOperator.Cli.Output;

/// <summary>Sizes as text.</summary>
internal static class Bytes
{
    private const double Mega = 1_000_000;

    /// <summary>Such as <c>812 B</c>, <c>3.4 kB</c>, <c>1.2 MB</c>.</summary>
    public static string Text(long bytes) => bytes switch
    {
        < 1_000 => $"{bytes} B",
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1_000.0:0.0} kB"),
        < 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / Mega:0.0} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1_000_000_000.0:0.0} GB"),
    };

    public static string Of(long done, long total) =>
        total > 0 ? $"{done * 100 / total}% ({done / Mega:0.0}/{total / Mega:0.0} MB)" : $"{done / Mega:0.0} MB";
}
