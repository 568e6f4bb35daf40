using System.Text;

namespace EdgeOperator.Core.Protocol.Hub;

/// <summary>
/// A message's properties at the end of an MQTT topic: <c>key=value&amp;key&amp;key=</c>, keys and values percent-encoded.
/// A key alone has no value (null); <c>key=</c> has an empty one.
/// </summary>
public static class PropertyBag
{
    /// <summary>Pairs that are read; more are not kept.</summary>
    private const int MostProperties = 200;

    public static IReadOnlyList<KeyValuePair<string, string?>> Parse(string text)
    {
        var properties = new List<KeyValuePair<string, string?>>();
        foreach (var part in text.TrimStart('?').TrimEnd('/').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            if (properties.Count == MostProperties)
                break;
            var at = part.IndexOf('=');
            properties.Add(at < 0 ? new(Decode(part), null) : new(Decode(part[..at]), Decode(part[(at + 1)..])));
        }

        return properties;
    }

    public static string Write(IEnumerable<KeyValuePair<string, string?>> properties)
    {
        var text = new StringBuilder();
        foreach (var (key, value) in properties)
        {
            text.Append(text.Length == 0 ? "" : "&").Append(Uri.EscapeDataString(key));
            if (value is not null)
                text.Append('=').Append(Uri.EscapeDataString(value));
        }

        return text.ToString();
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text);
}
