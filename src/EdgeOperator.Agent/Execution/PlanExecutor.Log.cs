using EdgeOperator.Core.Planning;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Execution;

public sealed partial class PlanExecutor
{
    [LoggerMessage(3100, LogLevel.Debug, "{Step}: {Outcome} after {Milliseconds} ms")]
    private partial void LogStep(string step, StepOutcome outcome, double milliseconds);

    [LoggerMessage(3101, LogLevel.Error, "{Step} threw")]
    private partial void LogThrew(string step, Exception exception);
}
