namespace EdgeOperator.Git.Lfs;

/// <summary>Where the batch API of a repository is.</summary>
/// <param name="Address">Without <c>/objects/batch</c>.</param>
/// <param name="Headers">What the API itself is asked with.</param>
/// <param name="Authorization">A login for addresses on the API's own server that come without one; null for none.</param>
internal sealed record LfsEndpoint(Uri Address, IReadOnlyDictionary<string, string> Headers, string? Authorization)
{
    public Uri Batch => new(Address.AbsoluteUri.TrimEnd('/') + "/objects/batch");

    public bool IsSameServer(Uri other) =>
        Uri.Compare(Address, other, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) == 0;

    /// <summary>As Git LFS guesses it from the repository's own address.</summary>
    public static string Guess(string repository)
    {
        var address = repository.TrimEnd('/');
        return $"{address}{(address.EndsWith(".git", StringComparison.Ordinal) ? "" : ".git")}/info/lfs";
    }
}
