using System.Collections.Immutable;

namespace EdgeOperator.Core.Protocol;

public enum CheckVerdict
{
    Ok,

    /// <summary>There is nothing to look at here.</summary>
    Skipped,

    /// <summary>It works, and may not for much longer, or not as well as it could.</summary>
    Warning,
    Error,
}

/// <summary>What a look at one part of the device came to.</summary>
/// <param name="Area">What it belongs to: <c>engine</c>, <c>sources</c>, <c>clock</c> …</param>
/// <param name="Fix">What to do about it; null where nothing is to be done.</param>
public sealed record CheckResult(string Area, CheckVerdict Verdict, string Message, string? Fix = null)
{
    public static CheckResult Ok(string area, string message) => new(area, CheckVerdict.Ok, message);

    public static CheckResult Skipped(string area, string message) => new(area, CheckVerdict.Skipped, message);

    public static CheckResult Warning(string area, string message, string fix) => new(area, CheckVerdict.Warning, message, fix);

    public static CheckResult Error(string area, string message, string fix) => new(area, CheckVerdict.Error, message, fix);
}

/// <summary>What <c>edgeop check</c> finds, on the device or by its hub.</summary>
/// <param name="Version">Of the program that has looked.</param>
public sealed record CheckReport(string Device, string Version, DateTimeOffset At, ImmutableArray<CheckResult> Checks)
{
    public int Count(CheckVerdict verdict) => Checks.Count(check => check.Verdict == verdict);
}
