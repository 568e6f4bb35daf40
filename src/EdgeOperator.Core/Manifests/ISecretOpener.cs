using System.Collections.Immutable;
using EdgeOperator.Core.Secrets.Sops;

namespace EdgeOperator.Core.Manifests;

/// <summary>Opens Secrets with what only the device has. Manifests are rendered with digests of the values, never with the values.</summary>
public interface ISecretOpener
{
    /// <param name="name">The Secret's name.</param>
    /// <param name="document">The index of the Secret's document in its file.</param>
    SecretOpening Open(string name, SopsFile file, int document);
}

/// <summary>Whether a Secret could be opened. The hierarchy is closed.</summary>
public abstract record SecretOpening
{
    /// <summary>The reason of a refusal: none of the device's identities is a recipient.</summary>
    public const string NotForThisDevice = nameof(NotForThisDevice);

    private SecretOpening()
    {
    }

    /// <summary>No device is at hand.</summary>
    public sealed record Untried : SecretOpening;

    /// <param name="Digests">By key: keyed digests of the values, 32 hexadecimal digits each.</param>
    public sealed record Opened(ImmutableSortedDictionary<string, string> Digests) : SecretOpening;

    /// <param name="Reason">One CamelCase word.</param>
    /// <param name="Message">A sentence for people, which quotes no value.</param>
    public sealed record Refused(string Reason, string Message) : SecretOpening;
}
