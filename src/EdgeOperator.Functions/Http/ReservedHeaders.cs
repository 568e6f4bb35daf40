namespace EdgeOperator.Functions.Http;

/// <summary>
/// Headers that only a host or its platform sets, and that apps and workers trust: the invocation's own, and App Service
/// authentication's word on who the caller is. A client's are dropped, as the platform drops them in the cloud.
/// </summary>
internal static class ReservedHeaders
{
    private static readonly string[] Prefixes = ["X-EdgeOp-", "X-Azure-Functions-", "X-MS-Invocation-Id", "X-MS-Client-Principal", "X-MS-Token-"];

    public static bool Has(string name)
    {
        // All begin so, and most headers don't.
        if (name.Length < 3 || (name[0] | ' ') != 'x')
        {
            return false;
        }

        var dashed = Dashed(name);
        return Array.Exists(Prefixes, p => dashed.StartsWith(p, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Programs behind CGI's rules can't tell X_A from X-A.</summary>
    public static string Dashed(string name) => name.Contains('_') ? name.Replace('_', '-') : name;
}
