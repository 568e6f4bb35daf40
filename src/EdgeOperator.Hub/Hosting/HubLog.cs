namespace EdgeOperator.Hub.Hosting;

internal static partial class HubLog
{
    [LoggerMessage(1000, LogLevel.Error, "{Certificate} has changed and can't be used; the certificate before stays")]
    public static partial void CertificateUnusable(ILogger logger, string certificate, Exception exception);

    [LoggerMessage(1003, LogLevel.Warning, "Other users of this machine have access to the data directory {Directory}: take it away with chmod 700, or set dataDirectory to a folder of the hub's own")]
    public static partial void NotPrivate(ILogger logger, string directory);
}
