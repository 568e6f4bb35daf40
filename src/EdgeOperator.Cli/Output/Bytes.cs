namespace EdgeOperator.Cli.Output;

/// <summary>Sizes as text.</summary>
internal static class Bytes
{
    private const double Mega = 1_000_000;

    public static string Of(long done, long total) =>
        total > 0 ? $"{done * 100 / total}% ({done / Mega:0.0}/{total / Mega:0.0} MB)" : $"{done / Mega:0.0} MB";
}
