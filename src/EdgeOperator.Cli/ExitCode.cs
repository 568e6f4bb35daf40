namespace EdgeOperator.Cli;

/// <summary>What <c>edgeop</c> exits with: part of its contract with scripts.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int ChangesPending = 2;
    public const int InvalidInput = 3;
    public const int AgentUnreachable = 4;
    public const int TimedOut = 5;
}
