namespace EdgeOperator.Testing.Devices;

/// <summary>How a run of <c>edgeop</c> ended.</summary>
public sealed record Ran(int Code, string Output, string Errors)
{
    public override string ToString() => $"exit code {Code}\n{Output}\n{Errors}";
}
