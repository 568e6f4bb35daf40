using System.Globalization;
using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Cli;

/// <summary>A time on the command line: how long ago (<c>10m</c>), or a date and time, which is UTC unless it says otherwise.</summary>
internal static class Moment
{
    /// <param name="option">For the message.</param>
    /// <exception cref="UserError">It is neither.</exception>
    public static DateTimeOffset? Parse(string option, string? text, TimeProvider time)
    {
        if (text is null)
            return null;
        var now = time.GetUtcNow();
        if (Duration.Parse(text) is { } ago)
            return now - DateTimeOffset.UnixEpoch > ago ? now - ago : DateTimeOffset.UnixEpoch;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
            ? moment
            : throw UserError.Invalid($"{option} can't be \"{text}\": write how long ago, such as 10m or 2h, or a time such as 2026-11-29T08:00:00Z");
    }
}
