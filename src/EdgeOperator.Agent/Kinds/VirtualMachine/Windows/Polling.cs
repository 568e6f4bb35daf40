using EdgeOperator.Core.Kinds.VirtualMachine;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Windows;

/// <summary>Looks now and then at machines whose systems tell nothing by themselves.</summary>
internal static class Polling
{
    /// <summary>Runs until cancelled.</summary>
    /// <param name="look">What the machines are now.</param>
    public static async Task RunAsync(
        Func<CancellationToken, Task<IReadOnlyList<ObservedVirtualMachine>>> look, TimeSpan interval, Action<string> changed, TimeProvider time, CancellationToken cancellation)
    {
        IReadOnlyList<(string, MachinePhase, bool)>? before = null;
        while (true)
        {
            await Task.Delay(interval, time, cancellation);
            var now = (await look(cancellation)).Select(m => (m.Name, m.Phase, m.Unavailable is null)).ToList();
            if (before is not null && now.Except(before).FirstOrDefault() is { Item1: not null } machine)
                changed($"the machine {machine.Item1} is {machine.Item2.ToString().ToLowerInvariant()} now");
            before = now;
        }
    }
}
