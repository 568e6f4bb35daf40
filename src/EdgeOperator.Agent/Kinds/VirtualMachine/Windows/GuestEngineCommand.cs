namespace EdgeOperator.Agent.Kinds.VirtualMachine.Windows;

/// <summary>What a guest runs to pass the API of its engine through standard input and output: the command line of Docker knows how, since 18.09.</summary>
internal static class GuestEngineCommand
{
    public static readonly string[] Arguments = ["docker", "system", "dial-stdio"];
}
