using System.Collections.Immutable;
using System.Text.RegularExpressions;
using EdgeOperator.Core.Kinds.EdgeModule.Compiling;

namespace EdgeOperator.Core.Manifests;

/// <summary>Which container images the device accepts.</summary>
public sealed record ImagesConfiguration
{
    /// <summary>The first rule whose pattern matches decides; an image that none matches is accepted.</summary>
    public ImmutableArray<ImageRule> Verify { get; init; } = [];

    /// <summary>The rule for an image; null when it is accepted as it is.</summary>
    public ImageRule? RuleFor(string image)
    {
        // What is no reference names an image on the engine by its id, and so belongs to no repository that a rule could trust.
        var name = ImageReference.TryParse(image, out var reference, out _) ? $"{reference.Registry}/{reference.Repository}" : image;
        return Verify.FirstOrDefault(rule => rule.Matches(name)) is { Mode: not ImageVerification.None } rule ? rule : null;
    }
}

public enum ImageVerification
{
    /// <summary>A good signature by one of the rule's keys is required.</summary>
    Signed,

    /// <summary>Accepted as it is.</summary>
    None,

    /// <summary>Refused.</summary>
    Reject,
}

/// <summary>What is required of the images that a pattern matches.</summary>
/// <param name="Match">
/// Of the image's registry and repository in full (<c>docker.io/library/busybox</c>), without tag and digest; <c>*</c> stands for any
/// characters, <c>/</c> included.
/// </param>
/// <param name="Keys">Files with public keys in PEM; absolute.</param>
public sealed record ImageRule(string Match, ImageVerification Mode, ImmutableArray<string> Keys)
{
    public bool Matches(string name) =>
        Regex.IsMatch(name, $@"\A{Regex.Escape(Match).Replace(@"\*", ".*", StringComparison.Ordinal)}\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
}
