namespace EdgeOperator.Core.Manifests.Nodes;

/// <summary>Ends the reading of a file whose rest can't or must not be read. Never leaves the readers.</summary>
internal sealed class UnreadableException(Position where, string what, string fix) : Exception(what)
{
    public Problem Problem { get; } = new(where, what, fix);
}
