namespace EdgeOperator.Core.Manifests.Reading;

/// <summary>Something of the device that only one resource can have.</summary>
/// <param name="Key">Claims with different keys never clash: <c>tcp/8080</c>, <c>file:/etc/app.conf</c>.</param>
/// <param name="Verb">What the resource does with it: <c>listen on port 8080</c>, <c>write /etc/app.conf</c>.</param>
/// <param name="Fix">What to do about a clash.</param>
internal sealed record Claim(string Key, string Verb, string Fix)
{
    private const string AllAddresses = "0.0.0.0";

    /// <summary>The host's address that is claimed; null where there are no addresses.</summary>
    public string? Address { get; init; }

    /// <summary>A clash between two shared claims is not the manifests' concern.</summary>
    public bool IsShared { get; init; }

    /// <param name="protocol"><c>tcp</c> or <c>udp</c>.</param>
    /// <param name="field">The field to change after a clash.</param>
    public static Claim Port(string address, int port, string protocol, string field) =>
        new($"{protocol}/{port}", $"listen on port {port}", $"give one of them another {field}") { Address = address };

    public bool ClashesWith(Claim other) =>
        Key == other.Key && !(IsShared && other.IsShared) && (Address == other.Address || Address == AllAddresses || other.Address == AllAddresses);
}
