namespace EdgeOperator.Core.Protocol.Hub;

/// <summary>Messages of an agent to a hub of this kind, among its telemetry: a property says that one is for the hub itself.</summary>
public static class HubMessages
{
    /// <summary>The property that names what a message is.</summary>
    public const string Kind = "edgeop-message";

    /// <summary>A <see cref="Protocol.HostFigures"/>.</summary>
    public const string HostFigures = "hostFigures";

    /// <summary>The properties of such a message, as they stand in its topic.</summary>
    public static string Properties(string kind) => $"{Kind}={kind}&$.ct=application%2Fjson&$.ce=utf-8";

    /// <summary>What a message is.</summary>
    /// <param name="properties">As they stand in its topic.</param>
    /// <returns>Null for telemetry.</returns>
    public static string? KindOf(string properties) =>
        properties.StartsWith(Kind, StringComparison.Ordinal) ? PropertyBag.Parse(properties).FirstOrDefault(p => p.Key == Kind).Value : null;
}
