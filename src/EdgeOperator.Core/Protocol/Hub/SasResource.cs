namespace EdgeOperator.Core.Protocol.Hub;

/// <summary>Whether what a token is for covers what somebody wants to reach with it: by whole path segments, the host in any case.</summary>
public static class SasResource
{
    /// <param name="resource">A token's resource, decoded.</param>
    /// <param name="host">The hub's name, or an ID scope.</param>
    /// <param name="path">Not encoded, such as <c>["devices", "d"]</c>.</param>
    public static bool Covers(string resource, string host, params ReadOnlySpan<string> path)
    {
        var segments = resource.TrimEnd('/').Split('/');
        if (!segments[0].Equals(host, StringComparison.OrdinalIgnoreCase) || segments.Length > path.Length + 1)
            return false;
        for (var i = 1; i < segments.Length; i++)
            // Some SDKs encode a name before they encode the whole.
            if (segments[i] != path[i - 1] && Uri.UnescapeDataString(segments[i]) != path[i - 1])
                return false;
        return true;
    }
}
