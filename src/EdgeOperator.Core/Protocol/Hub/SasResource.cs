namespace EdgeOperator.Core.Protocol.Hub;

/// <summary>Whether what a token is for covers what somebody wants to reach with it: by whole path segments, the host in any case.</summary>
public static class SasResource
{
    /// <param name="resource">A token's resource, decoded.</param>
    /// <param name="isEncodedTwice">Whether a name may be encoded once more, as some SDKs have it. Only where the signing key is the named one's own: names may hold <c>%</c>, so that one's resource reads as another's.</param>
    /// <param name="host">The hub's name, or an ID scope.</param>
    /// <param name="path">Not encoded, such as <c>["devices", "d"]</c>.</param>
    public static bool Covers(string resource, string host, bool isEncodedTwice, params ReadOnlySpan<string> path)
    {
        var segments = resource.TrimEnd('/').Split('/');
        if (!segments[0].Equals(host, StringComparison.OrdinalIgnoreCase) || segments.Length > path.Length + 1)
            return false;
        for (var i = 1; i < segments.Length; i++)
            if (segments[i] != path[i - 1] && !(isEncodedTwice && Uri.UnescapeDataString(segments[i]) == path[i - 1]))
                return false;
        return true;
    }
}
