namespace EdgeOperator.Core.Twins;

/// <summary>Why a write to a twin is refused.</summary>
/// <param name="Path">Where, from the twin's root: <c>properties.desired.a.b</c>.</param>
/// <param name="Message">What is wrong and what is allowed, without a full stop.</param>
/// <param name="IsSize">The section would be larger than its limit; otherwise a key or a value is not allowed.</param>
public sealed record TwinProblem(string Path, string Message, bool IsSize = false)
{
    public override string ToString() => $"{Path}: {Message}";
}
