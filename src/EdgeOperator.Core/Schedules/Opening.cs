namespace EdgeOperator.Core.Schedules;

/// <summary>One time that a maintenance window is open. What has begun may go on after its end.</summary>
/// <param name="From">The first moment, with the offset of the window's time zone.</param>
/// <param name="Until">The first moment at which nothing may begin any more.</param>
/// <param name="IsMissed">The window itself went by while the device was off, and this is the grace after it.</param>
public readonly record struct Opening(DateTimeOffset From, DateTimeOffset Until, bool IsMissed = false);
