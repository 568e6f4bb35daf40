namespace EdgeOperator.Hub.Portal;

internal sealed partial class SingleSignOn
{
    [LoggerMessage(1810, LogLevel.Warning, "{Authority} did not sign a user in")]
    private static partial void Refused(ILogger logger, string authority, Exception? exception);

    [LoggerMessage(1811, LogLevel.Warning, "The user with the subject {Subject} was not signed in: no value of the claim {Claim} makes a role")]
    private static partial void WithoutRole(ILogger logger, string subject, string claim);
}
