using EdgeOperator.Cli.Output;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Cli.Views;

/// <summary>What a look at a device came to: a line a finding, what to do about it, and a sum.</summary>
internal static class CheckView
{
    /// <returns>The exit code: whether anything is wrong.</returns>
    public static int Print(Call call, CheckReport report, bool areWarningsErrors)
    {
        if (call.Printer.IsDocument)
            call.Printer.Print(Documents.Of(report));
        else
            Show(call.Printer, report);
        return report.Count(CheckVerdict.Error) > 0 || (areWarningsErrors && report.Count(CheckVerdict.Warning) > 0) ? ExitCode.Failed : ExitCode.Done;
    }

    private static void Show(Printer printer, CheckReport report)
    {
        foreach (var check in report.Checks)
        {
            printer.PrintLine($"{Word(check.Verdict),-8}{check.Area,-13} {check.Message}", check.Verdict switch { CheckVerdict.Error => Tone.Bad, CheckVerdict.Warning => Tone.Busy, CheckVerdict.Skipped => Tone.Faint, _ => Tone.Plain });
            if (check.Fix is { } fix)
                printer.PrintLine($"{"",-21} {fix}");
        }

        printer.PrintLine(
            $"{report.Device}: {report.Count(CheckVerdict.Ok)} ok, {report.Count(CheckVerdict.Warning)} warnings, {report.Count(CheckVerdict.Error)} errors, {report.Count(CheckVerdict.Skipped)} skipped",
            report.Count(CheckVerdict.Error) > 0 ? Tone.Bad : report.Count(CheckVerdict.Warning) > 0 ? Tone.Busy : Tone.Good);
    }

    private static string Word(CheckVerdict verdict) => verdict.ToString().ToLowerInvariant();
}
