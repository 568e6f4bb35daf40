using System.Collections.Immutable;
using EdgeOperator.Core.Kinds.Secret;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Secrets.Sops;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Snapshots;

/// <summary>The digest that a device has of a value which it could open.</summary>
/// <param name="Cipher">A hash of the encrypted value, by which it is known again in another revision.</param>
/// <param name="Digest">Keyed by the device, so that it tells nothing of the value: <see cref="SecretReference.Digest"/>.</param>
public sealed record KnownSecret(string Secret, string Key, string Cipher, string Digest);

/// <summary>
/// Tells for a device, away from it, what its Secrets would be there: whether it is among the recipients, and which values are those that
/// it has. A value that was encrypted anew can't be compared, so that what refers to it seems to change.
/// </summary>
/// <param name="recipients">The device's own; none where they are not known, so that nothing is refused.</param>
public sealed class KnownSecrets(ImmutableArray<string> recipients, ImmutableArray<KnownSecret> known) : ISecretOpener
{
    private readonly Dictionary<(string Secret, string Key, string Cipher), string> _digests = known.GroupBy(secret => (secret.Secret, secret.Key, secret.Cipher)).ToDictionary(same => same.Key, same => same.Last().Digest);

    /// <summary>Of what a revision asks for, and the device could open.</summary>
    public static ImmutableArray<KnownSecret> Of(DesiredState? revision) =>
    [
        .. from secret in (revision?.Resources.Values ?? []).OfType<SecretResource>()
           where secret.Opening is SecretOpening.Opened
           orderby secret.Id.Name
           from cipher in secret.Secret.Ciphers
           where ((SecretOpening.Opened)secret.Opening).Digests.ContainsKey(cipher.Key)
           select new KnownSecret(secret.Id.Name, cipher.Key, cipher.Value, ((SecretOpening.Opened)secret.Opening).Digests[cipher.Key]),
    ];

    public SecretOpening Open(string name, SopsFile file, int document) =>
        !recipients.IsEmpty && !file.IsFor(recipients)
            ? new SecretOpening.Refused(SecretOpening.NotForThisDevice, file.NotFor(recipients))
            : new SecretOpening.Opened(file.CiphersOf(document).Where(cipher => _digests.ContainsKey((name, cipher.Key, cipher.Value)))
                .ToImmutableSortedDictionary(cipher => cipher.Key, cipher => _digests[(name, cipher.Key, cipher.Value)], StringComparer.Ordinal));
}
