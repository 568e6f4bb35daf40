namespace EdgeOperator.Portal.Hosting;

/// <param name="HubUrl">Under which users reach the hub, for command lines that are shown; without a slash at the end.</param>
/// <param name="PathBase">The path of it, which a proxy may or may not take away; empty for none.</param>
/// <param name="SingleSignOn">What the button for it says; null when there is none.</param>
public sealed record PortalOptions(string HubUrl, string PathBase, string? SingleSignOn = null);
