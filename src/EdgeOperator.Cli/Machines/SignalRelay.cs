using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace EdgeOperator.Cli.Machines;

/// <summary>Passes this process's signals on; what is ignored here, as nohup does, is not passed on.</summary>
[SupportedOSPlatform("linux")]
internal sealed class SignalRelay : IDisposable
{
    /// <summary>SIGWINCH.</summary>
    public const int WindowChange = 28;

    private static readonly (int Number, string Name)[] Forwarded = [(1, "HUP"), (2, "INT"), (3, "QUIT"), (10, "USR1"), (12, "USR2"), (15, "TERM")];

    private readonly List<PosixSignalRegistration> _registrations = [];

    /// <param name="forward">Sends the signal to the other side; false when it can't be sent any more, and this process must end.</param>
    /// <param name="resized">The terminal has another size.</param>
    public SignalRelay(Func<string, bool> forward, Action resized, bool hasTerminal)
    {
        foreach (var (number, name) in Forwarded)
        {
            if (Native.IsIgnored(number))
                continue;
            _registrations.Add(PosixSignalRegistration.Create((PosixSignal)number, context =>
            {
                context.Cancel = true;
                if (!forward(name))
                    Environment.Exit(128 + number);
            }));
        }

        if (hasTerminal)
            _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => resized()));
    }

    public void Dispose() => _registrations.ForEach(r => r.Dispose());
}
