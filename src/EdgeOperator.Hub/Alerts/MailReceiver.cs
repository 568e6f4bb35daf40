using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using EdgeOperator.Core.Alerts;
using EdgeOperator.Platform.Files;
using EdgeOperator.Platform.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace EdgeOperator.Hub.Alerts;

/// <summary>Writes e-mails. All mails of an alert are one conversation.</summary>
internal sealed class MailReceiver(MailConfiguration configuration, string hub) : IAlertReceiver
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    public string Name => "email";

    public TimeSpan? Refresh => null;

    public async Task SendAsync(AlertMessage message, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Timeout);
        try
        {
            using var client = new SmtpClient { Timeout = (int)Timeout.TotalMilliseconds };
            if (configuration.CaFile is { } file)
                Trust(client, file);
            await client.ConnectAsync(configuration.Host, configuration.Port, configuration.Tls switch { "tls" => SecureSocketOptions.SslOnConnect, "off" => SecureSocketOptions.None, _ => SecureSocketOptions.StartTls }, limit.Token);
            if (configuration is { User: { } user, PasswordFile: { } password })
                await client.AuthenticateAsync(user, ReferencedFile.ReadText(password).Trim(), limit.Token);
            await client.SendAsync(Mail(message), limit.Token);
            await client.DisconnectAsync(quit: true, limit.Token);
        }
        catch (Exception e) when (e is CommandException or ProtocolException or ServiceNotConnectedException or MailKit.Security.AuthenticationException or SslHandshakeException or IOException or SocketException
            or UnauthorizedAccessException or NotSupportedException or FormatException or InvalidOperationException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new AlertDeliveryException($"{configuration.Host}:{configuration.Port}: {e.Message.Split('\n')[0]}");
        }
    }

    private MimeMessage Mail(AlertMessage message)
    {
        var mail = new MimeMessage { Subject = $"[{(message.IsFiring ? "FIRING" : "RESOLVED")}] {message.Summary}", Body = new TextPart("plain") { Text = message.Text() } };
        mail.From.Add(MailboxAddress.Parse(configuration.From));
        foreach (var to in configuration.To)
            mail.To.Add(MailboxAddress.Parse(to));
        var domain = new Uri(hub).IdnHost;
        mail.MessageId = $"{message.Id}.{message.Alert.Version}@{domain}";
        mail.References.Add($"{message.Id}@{domain}");

        // No vacation answers: https://www.rfc-editor.org/rfc/rfc3834#section-5.
        mail.Headers.Add("Auto-Submitted", "auto-generated");
        if (message.IsFiring && message.Alert.Severity == "critical")
            mail.Priority = MessagePriority.Urgent;
        return mail;
    }

    private static void Trust(SmtpClient client, string file)
    {
        var policy = TrustedRoots.Only(AlertPost.RootsIn(file));
        client.CheckCertificateRevocation = false;
        client.ServerCertificateValidationCallback = (_, certificate, _, errors) =>
        {
            using var chain = new X509Chain { ChainPolicy = policy };
            return certificate is X509Certificate2 shown && (errors & ~System.Net.Security.SslPolicyErrors.RemoteCertificateChainErrors) == 0 && chain.Build(shown);
        };
    }
}
