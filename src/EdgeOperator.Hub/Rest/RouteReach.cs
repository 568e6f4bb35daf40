namespace EdgeOperator.Hub.Rest;

/// <summary>What a route is about, by which it is decided whether a role that is limited to fleets reaches it.</summary>
internal enum RouteReach
{
    /// <summary>The hub as a whole: for roles over all devices alone.</summary>
    Hub,

    /// <summary>The device that is the fourth segment of the path.</summary>
    Device,

    /// <summary>The fleet that is the fourth segment of the path.</summary>
    Fleet,

    /// <summary>Many devices or fleets: the handler leaves out what is not in <c>ServiceRequest.Scope</c>.</summary>
    Many,

    /// <summary>What is the caller's own.</summary>
    Caller,
}
