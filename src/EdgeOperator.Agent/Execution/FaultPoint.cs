using System.Diagnostics;
using EdgeOperator.Core.Planning;

namespace EdgeOperator.Agent.Execution;

/// <summary>
/// Where a crash test makes the agent die: a SIGKILL at a step boundary, set by the environment variable
/// <c>EDGEOP_FAULT</c> and read once at the start. Unset, as everywhere but in tests, it does nothing.
/// </summary>
/// <remarks>
/// <c>kill-before:3</c> or <c>kill-after:3</c>: at the third step of the process, counted from 1 in the order in which
/// steps begin (or end). <c>kill-after:create EdgeModule/web</c>: at the first step whose id begins so.
/// </remarks>
public sealed class FaultPoint
{
    public const string Variable = "EDGEOP_FAULT";

    private readonly Action _kill;
    private readonly bool _after;
    private readonly int _ordinal;
    private readonly string? _prefix;
    private int _before;
    private int _ended;

    private FaultPoint(bool after, string where, Action kill)
    {
        (_after, _kill) = (after, kill);
        _prefix = int.TryParse(where, out _ordinal) ? null : where;
    }

    /// <summary>The point that the environment asks for; null when it asks for none.</summary>
    public static FaultPoint? FromEnvironment() =>
        Parse(Environment.GetEnvironmentVariable(Variable), () => Process.GetCurrentProcess().Kill());

    /// <exception cref="FormatException">The text is none of the forms above.</exception>
    internal static FaultPoint? Parse(string? text, Action kill) => text?.Split(':', 2) switch
    {
        null or [""] => null,
        ["kill-before", var where] when where != "" => new(after: false, where, kill),
        ["kill-after", var where] when where != "" => new(after: true, where, kill),
        _ => throw new FormatException($"{Variable}={text}: use kill-before:N, kill-after:N, or a step id's beginning for N"),
    };

    internal void Before(Step step) => Reached(step, after: false, ref _before);

    internal void After(Step step) => Reached(step, after: true, ref _ended);

    private void Reached(Step step, bool after, ref int count)
    {
        var ordinal = Interlocked.Increment(ref count);
        if (after == _after && (_prefix is null ? ordinal == _ordinal : step.Id.StartsWith(_prefix, StringComparison.Ordinal)))
        {
            _kill();
        }
    }
}
