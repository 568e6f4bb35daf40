using System.Globalization;

namespace EdgeOperator.Portal.Components;

/// <summary>Numbers of bytes for people.</summary>
public static class SizeText
{
    public static string Of(long bytes) => bytes switch
    {
        >= 1L << 40 => Text(bytes, 40, "TB"),
        >= 1L << 30 => Text(bytes, 30, "GB"),
        >= 1L << 20 => Text(bytes, 20, "MB"),
        >= 1L << 10 => Text(bytes, 10, "kB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes"),
    };

    private static string Text(long bytes, int shift, string unit) => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << shift):0.0} {unit}");
}
