using System.Runtime.Versioning;
using System.Text;
using EdgeOperator.Core.Text;

namespace EdgeOperator.Cli.Machines;

/// <summary>Tells errors of calls between host and guest.</summary>
internal static class PlainErrors
{
    /// <param name="complain">Told a line of an error.</param>
    /// <returns>What was returned, or the exit code of the error that was printed.</returns>
    public static int Report(Func<int> run, Action<string> complain)
    {
        try
        {
            return run();
        }
        catch (UserError error)
        {
            foreach (var problem in error.Lines)
                complain(TerminalText.Escape($"error: {problem}"));
            return error.ExitCode;
        }
        catch (IOException error)
        {
            complain(TerminalText.Escape($"error: {error.Message}"));
            return ExitCode.Failed;
        }
    }

    /// <summary>Without the framework's console, which would look at the terminal first.</summary>
    [SupportedOSPlatform("linux")]
    public static unsafe void Complain(string line)
    {
        var bytes = Encoding.UTF8.GetBytes(line + "\n");
        fixed (byte* start = bytes)
            _ = Native.Write(2, start, (nuint)bytes.Length);
    }
}
