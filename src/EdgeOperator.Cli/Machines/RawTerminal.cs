using System.Runtime.Versioning;

namespace EdgeOperator.Cli.Machines;

/// <summary>For as long as it lives, keys go to the guest as they are pressed, Ctrl-C too.</summary>
[SupportedOSPlatform("linux")]
internal sealed class RawTerminal : IDisposable
{
    private readonly int _terminal;
    private readonly byte[] _before;

    public RawTerminal(int terminal)
    {
        (_terminal, _before) = (terminal, Native.TerminalModes(terminal));
        AppDomain.CurrentDomain.ProcessExit += Restore;
        Native.SetTerminalModes(terminal, Native.Raw(_before));
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= Restore;
        Native.SetTerminalModes(_terminal, _before);
    }

    private void Restore(object? sender, EventArgs e) => Native.SetTerminalModes(_terminal, _before);
}
