using System.Collections.Concurrent;
using System.Collections.Immutable;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Agent.Kinds.EdgeModule.Images.Verification;

/// <summary>Which images on an engine may run, as the device's policy has it.</summary>
internal sealed class ImageAdmission(ImagesConfiguration policy, VerifiedImages verified, TimeProvider time)
{
    /// <summary>For which the files of keys are not read again.</summary>
    private static readonly TimeSpan KeysFor = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<ImageRule, (long At, ImmutableHashSet<string> Fingerprints)> _keys = new();

    public VerifiedImages Verified => verified;

    /// <summary>The rule for an image; null when it may run as it is.</summary>
    public ImageRule? RuleFor(string image) => policy.RuleFor(image);

    /// <param name="image">The image's name in the manifest.</param>
    /// <param name="id">What the engine has under it, or what a container was made of.</param>
    public bool Admits(string image, string id) => RuleFor(image) switch
    {
        null => true,
        { Mode: ImageVerification.Signed } rule => verified.Find(id) is { } known && FingerprintsOf(rule).Contains(known.Key),
        _ => false,
    };

    private ImmutableHashSet<string> FingerprintsOf(ImageRule rule)
    {
        if (_keys.TryGetValue(rule, out var known) && time.GetElapsedTime(known.At) < KeysFor)
            return known.Fingerprints;
        ImmutableHashSet<string> fingerprints;
        try
        {
            fingerprints = [.. PublicKeys.Read(rule.Keys).Fingerprints];
        }
        catch (PublicKeyException)
        {
            // Whoever verifies next says so.
            fingerprints = [];
        }

        _keys[rule] = (time.GetTimestamp(), fingerprints);
        return fingerprints;
    }
}
