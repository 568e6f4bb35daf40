namespace EdgeOperator.Hub.Mqtt;

/// <summary>
/// Lets so many devices log in at once that those already connected get their turn at the store too. When thousands come back together, the
/// others wait: many clients never try again when their first CONNECT is refused.
/// </summary>
internal sealed class LoginAdmission(HubMetrics metrics, TimeProvider time) : Admission(MostAtOnce, LongestWait, metrics, time)
{
    public const int MostAtOnce = 64;

    /// <summary>Less than the minute after which C#'s SDK gives up. Clients that have less patience go by themselves, and wait no more then.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(50);
}
