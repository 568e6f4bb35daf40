namespace EdgeOperator.Git;

/// <summary>The mirror would take more than it may. No other way to fetch the same helps.</summary>
internal sealed class MirrorBudgetException(string message) : FetchException(FetchReasons.Refused, message);
