namespace EdgeOperator.Hub.Hosting;

internal static partial class HubLog
{
    [LoggerMessage(1000, LogLevel.Error, "{Certificate} has changed and can't be used; the certificate before stays")]
    public static partial void CertificateUnusable(ILogger logger, string certificate, Exception exception);
}
