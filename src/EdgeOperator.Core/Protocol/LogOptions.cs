namespace EdgeOperator.Core.Protocol;

/// <summary>Which part of a log is asked for.</summary>
/// <param name="Follow">Go on until the resource ends.</param>
/// <param name="Tail">Lines from the end to begin with; null for all that is kept.</param>
public sealed record LogOptions(bool Follow = false, int? Tail = null)
{
    /// <summary>Only what is not older; null for all.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Only what is not newer; null for all.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Begin every line with its time.</summary>
    public bool Timestamps { get; init; }

    /// <summary>The log of the run, or of the container, before the present one.</summary>
    public bool Previous { get; init; }

    /// <summary>Whether more is asked for than <see cref="Follow"/> and <see cref="Tail"/>, which every log can do.</summary>
    public bool IsDetailed => Since is not null || Until is not null || Timestamps || Previous;
}
