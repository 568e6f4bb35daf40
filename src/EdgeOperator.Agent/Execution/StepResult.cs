using EdgeOperator.Core.Planning;

namespace EdgeOperator.Agent.Execution;

/// <summary>A step that has ended.</summary>
public sealed record StepResult(Step Step, StepOutcome Outcome, TimeSpan Duration);
