using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using EdgeOperator.Platform.Publishing;
using EdgeOperator.Platform.Sockets;

namespace EdgeOperator.Cli.Publishing;

/// <summary>Where to publish, and as whom.</summary>
internal sealed record PublishTarget(Uri Url, AuthenticationHeaderValue Login)
{
    private const string TokenVariable = "EDGEOP_PUBLISH_TOKEN";

    /// <param name="to">The address of the endpoint; null for what the settings file says.</param>
    /// <param name="settingsFile">A <c>.PublishSettings</c> file; null for a token in the environment.</param>
    /// <exception cref="UserError">Something is missing, or can't be used.</exception>
    public static PublishTarget Of(string? to, string? settingsFile, Func<string, string?> variable)
    {
        var settings = settingsFile is null ? null : Read(settingsFile);
        var url = to is null ? settings?.Url ?? throw UserError.Invalid("where to publish is missing: give --to URL, or --settings FILE")
            : Uri.TryCreate(to, UriKind.Absolute, out var given) && given.Scheme is "http" or "https" ? given
            : throw UserError.Invalid($"{to} is no address (--to): give one such as https://device:8181");
        var login = settings is not null ? new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{settings.User}:{settings.Password}")))
            : variable(TokenVariable) is { Length: > 0 } token ? new AuthenticationHeaderValue("Bearer", token.Trim())
            : throw UserError.Invalid($"publish credentials are missing: give --settings FILE, or the password in {TokenVariable}; `edgeop function publish-settings` on the device makes them");
        return new(new(url.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/"), login);
    }

    /// <param name="caFile">Certificates (PEM) that are trusted in place of the system's; null for the system's.</param>
    /// <exception cref="UserError">The file can't be used.</exception>
    public HttpClient CreateClient(string? caFile)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        if (caFile is not null)
        {
            var roots = new X509Certificate2Collection();
            try
            {
                roots.ImportFromPemFile(caFile);
            }
            catch (CryptographicException e)
            {
                throw new UserError(ExitCode.InvalidInput, $"the certificates in {caFile} can't be used: {e.Message}");
            }

            handler.SslOptions.CertificateChainPolicy = TrustedRoots.Only(roots);
        }

        return new(handler) { BaseAddress = Url, Timeout = Timeout.InfiniteTimeSpan, DefaultRequestHeaders = { Authorization = Login } };
    }

    private static PublishSettingsFile Read(string file) => PublishSettingsFile.Read(File.ReadAllText(file))
        ?? throw UserError.Invalid($"{file} has no profile for zip files (publishMethod=\"ZipDeploy\"): `edgeop function publish-settings` on the device makes such a file");
}
