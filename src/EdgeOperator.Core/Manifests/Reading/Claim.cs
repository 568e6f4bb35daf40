using System.Net;

namespace EdgeOperator.Core.Manifests.Reading;

/// <summary>Something of the device that only one resource can have.</summary>
/// <param name="Key">Claims with different keys never clash: <c>tcp/8080</c>, <c>file:/etc/app.conf</c>.</param>
/// <param name="Verb">What the resource does with it: <c>listen on port 8080</c>, <c>write /etc/app.conf</c>.</param>
/// <param name="Fix">What to do about a clash.</param>
internal sealed record Claim(string Key, string Verb, string Fix)
{
    /// <summary>Stands for every address of the device, of both families.</summary>
    public const string Everywhere = "";

    /// <summary>The host's address that is claimed; null where there are no addresses.</summary>
    public string? Address { get; init; }

    /// <summary>The resource ends by itself, and may leave the place to one that waits for its end.</summary>
    public bool IsPassing { get; init; }

    /// <param name="protocol"><c>tcp</c> or <c>udp</c>.</param>
    /// <param name="field">The field to change after a clash.</param>
    public static Claim Port(string address, int port, string protocol, string field) =>
        new($"{protocol}/{port}", $"listen on port {port}", $"give one of them another {field}") { Address = address };

    public static Claim File(string path) => new($"file:{path}", $"write {path}", "remove one of them");

    public bool ClashesWith(Claim other) => Key == other.Key && !IsPassing && !other.IsPassing && Covers(Address, other.Address);

    private static bool Covers(string? one, string? other) =>
        one == other || one is null or Everywhere || other is null or Everywhere
        || (IPAddress.TryParse(one, out var a) && IPAddress.TryParse(other, out var b) && a.AddressFamily == b.AddressFamily
            && (a.Equals(b) || IsAny(a) || IsAny(b)));

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
}
