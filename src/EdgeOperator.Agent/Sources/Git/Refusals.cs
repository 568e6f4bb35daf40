using EdgeOperator.Git;

namespace EdgeOperator.Agent.Sources.Git;

/// <summary>Remembers for a while what was refused, so that it is not fetched again by every poll only to be refused again.</summary>
internal sealed class Refusals(TimeProvider time)
{
    /// <summary>A refusal may be over without the source having changed: a key becomes valid, a clock is set.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private (string Key, FetchException Refusal, long Since)? _last;

    /// <param name="key">What was refused, and all that decided on it.</param>
    /// <exception cref="FetchException">It was refused a short while ago.</exception>
    public void Check(string key)
    {
        if (_last is { } last && last.Key == key && time.GetElapsedTime(last.Since) < Lifetime)
            throw new FetchException(last.Refusal.Reason, last.Refusal.Message);
    }

    public void Add(string key, FetchException refusal) => _last = (key, refusal, time.GetTimestamp());
}
