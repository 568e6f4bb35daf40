namespace EdgeOperator.Testing.Devices;

/// <param name="State">In the engine's words: <c>running</c>, <c>exited</c> …</param>
public sealed record Container(string Id, string Name, string Image, string State)
{
    public bool IsRunning => State == "running";
}
