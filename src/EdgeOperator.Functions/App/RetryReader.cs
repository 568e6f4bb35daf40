namespace EdgeOperator.Functions.App;

/// <summary>The <c>retry</c> of host.json, of a function.json, or of a worker's announcement.</summary>
internal static class RetryReader
{
    private enum Strategy
    {
        FixedDelay,
        ExponentialBackoff,
    }

    /// <returns>Null when there is none.</returns>
    /// <exception cref="AppException">It is incomplete or wrong.</exception>
    public static RetryPolicy? Read(Section retry)
    {
        if (!retry.Exists)
        {
            return null;
        }

        var count = retry.Number("maxRetryCount", -1) ?? throw retry.Wrong("maxRetryCount", "is missing: a number of retries, or -1 for ever");
        switch (retry.Choice<Strategy>("strategy") ?? throw retry.Wrong("strategy", "is missing: fixedDelay or exponentialBackoff"))
        {
            case Strategy.FixedDelay:
                return new(count, Needed("delayInterval"), null);
            default:
                var (minimum, maximum) = (Needed("minimumInterval"), Needed("maximumInterval"));
                return minimum <= maximum ? new(count, minimum, maximum) : throw retry.Wrong("maximumInterval", "must not be less than minimumInterval");
        }

        TimeSpan Needed(string key) => retry.Duration(key) ?? throw retry.Wrong(key, "is missing: a time span such as 00:00:10");
    }
}
