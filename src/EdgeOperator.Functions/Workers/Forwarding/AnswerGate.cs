namespace EdgeOperator.Functions.Workers.Forwarding;

/// <summary>Sees the head of a worker's answer before any of it is passed on, and may wait until it is known what to do with it.</summary>
/// <returns>False to drop the answer: nothing has been sent to the client then, and the caller of the forwarder answers instead.</returns>
public delegate ValueTask<bool> AnswerGate(HttpResponseMessage answer, CancellationToken cancellation);
