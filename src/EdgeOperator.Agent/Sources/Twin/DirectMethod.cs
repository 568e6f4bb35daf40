namespace EdgeOperator.Agent.Sources.Twin;

/// <summary>A call of a direct method that a hub has passed on.</summary>
/// <param name="Payload">JSON; may be empty.</param>
internal sealed record MethodCall(string Name, ReadOnlyMemory<byte> Payload);

/// <param name="Status">As HTTP has them: 200, 404 …</param>
/// <param name="Payload">JSON; empty for none.</param>
internal sealed record MethodResult(int Status, ReadOnlyMemory<byte> Payload)
{
    /// <summary>What is to be done once the answer is on its way.</summary>
    public Func<CancellationToken, Task>? Afterwards { get; init; }
}

/// <summary>Answers direct methods. It does not throw but when it is cancelled.</summary>
internal delegate Task<MethodResult> MethodHandler(MethodCall call, CancellationToken cancellation);
