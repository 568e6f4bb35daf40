using System.Collections.Immutable;

namespace EdgeOperator.Core.Planning;

/// <summary>What a step waits for: <see cref="Step.Requires"/> and <see cref="Step.After"/>.</summary>
internal readonly record struct Edges(ImmutableArray<string> Requires, ImmutableArray<string> After)
{
    public static Edges None { get; } = new([], []);

    public int Count => Requires.Length + After.Length;

    public static Edges To(params ImmutableArray<string> requires) => new(requires, []);

    public static Edges Behind(params ImmutableArray<string> after) => new([], after);

    public static Edges operator +(Edges one, Edges other) =>
        new(one.Requires.AddRange(other.Requires), one.After.AddRange(other.After));
}
