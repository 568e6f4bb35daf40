namespace EdgeOperator.Core.Planning;

/// <summary>What a step does to the device, as a plan shows it.</summary>
public enum StepEffect
{
    Change,
    Add,
    Remove,

    /// <summary>Nothing changes; other steps wait for it.</summary>
    Wait,
}
