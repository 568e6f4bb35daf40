namespace EdgeOperator.Agent.Kinds.VirtualMachine.Windows;

/// <summary>What a guest runs to pass the API of its engine through standard input and output: the command line of Docker knows how, since 18.09.</summary>
internal static class GuestEngineLine
{
    public static readonly string[] Words = ["docker", "system", "dial-stdio"];
}
