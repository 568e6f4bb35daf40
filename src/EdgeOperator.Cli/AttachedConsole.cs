using EdgeOperator.Cli.Machines;
using EdgeOperator.Cli.Output;

namespace EdgeOperator.Cli;

/// <summary>A terminal at a machine's serial console, until the key that leaves it or the machine's end.</summary>
internal static class AttachedConsole
{
    /// <summary>Ctrl-], as telnet and virsh have it. No key where standard input is no terminal: there any byte may come.</summary>
    private const byte Detach = 0x1d;

    private const int BufferSize = 4096;

    /// <param name="show">Writes what the machine shows, until its end.</param>
    /// <param name="type">Gives the machine what is typed.</param>
    public static async Task RunAsync(
        Terminal terminal, string machine, Func<Stream, CancellationToken, Task> show, Func<ReadOnlyMemory<byte>, CancellationToken, Task> type, CancellationToken cancellation)
    {
        if (terminal.HasKeyboard)
            terminal.Error.WriteLine($"Attached to the console of {machine}; Ctrl-] leaves it.");
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bool hasLeft;
        using (var raw = terminal.HasKeyboard && OperatingSystem.IsLinux() && Native.IsTerminal(0) ? new RawTerminal(0) : null)
        {
            var shown = show(terminal.HasKeyboard ? terminal.Unescaped : terminal.Bytes, over.Token);
            var typed = TypeAsync(terminal, type, over.Token);
            hasLeft = await Task.WhenAny(shown, typed) == typed && await typed;

            // What is piped in has an end; its answer may still come.
            if (!hasLeft)
                await shown;
            await over.CancelAsync();
        }

        if (terminal.HasKeyboard)
            terminal.Error.WriteLine(hasLeft ? "" : $"\nThe machine {machine} has ended.");
    }

    /// <returns>Whether the key was pressed; false at the end of the input, and of the machine.</returns>
    private static Task<bool> TypeAsync(Terminal terminal, Func<ReadOnlyMemory<byte>, CancellationToken, Task> type, CancellationToken cancellation) => Task.Run(
        async () =>
        {
            // Of a terminal that nobody types at there is no end.
            var buffer = new byte[BufferSize];
            try
            {
                while (await terminal.Keys.ReadAsync(buffer, cancellation) is var count and > 0)
                {
                    var key = terminal.HasKeyboard ? buffer.AsSpan(0, count).IndexOf(Detach) : -1;
                    await type(buffer.AsMemory(0, key < 0 ? count : key), cancellation);
                    if (key >= 0)
                        return true;
                }
            }
            catch (IOException)
            {
                // The machine has ended.
            }

            return false;
        },
        cancellation);
}
