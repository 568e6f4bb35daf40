namespace EdgeOperator.Core.Twins.Configurations;

/// <summary>A configuration is not what it has to be.</summary>
/// <param name="message">What is wrong and what is allowed, without a full stop.</param>
public sealed class ConfigurationException(string message) : Exception(message)
{
    /// <summary>The target condition is not in the query language.</summary>
    public bool IsCondition { get; init; }

    /// <summary>What a twin can't take; null when it is something else.</summary>
    public TwinProblem? Problem { get; init; }
}
