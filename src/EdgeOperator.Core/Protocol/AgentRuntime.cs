namespace EdgeOperator.Core.Protocol;

/// <summary>
/// How the launcher has .NET run the agent: code that was compiled ahead stays as it is, and the rest is compiled once. To count calls and to compile
/// again what is called often costs some 6 MB, of a process that has little to do. Other verbs start faster as they are.
/// </summary>
public static class AgentRuntime
{
    /// <summary>Of the agent itself, which removes it from what it starts.</summary>
    public const string Variable = "DOTNET_TieredCompilation";

    public const string Value = "0";
}
