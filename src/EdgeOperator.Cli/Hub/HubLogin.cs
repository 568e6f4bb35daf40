using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeOperator.Cli.Output;
using EdgeOperator.Platform.Files;
using EdgeOperator.Platform.Sockets;

namespace EdgeOperator.Cli.Hub;

/// <summary>A login at a hub, as <c>edgeop hub login</c> leaves it in <c>~/.config/edgeop/hub.json</c>, for the user alone.</summary>
/// <param name="CaFile">Certificates (PEM) that are trusted in place of the system's; null for those.</param>
internal sealed record HubLogin(Uri Url, string User, string Token, DateTimeOffset Expires, string? CaFile)
{
    private const string Advice = "`edgeop hub login URL` makes one";

    /// <exception cref="UserError">There is no login, or it can't be read.</exception>
    public static HubLogin Load(Terminal terminal) =>
        TryLoad(terminal) ?? throw new UserError(ExitCode.InvalidInput, $"there is no login at a hub ({PathOf(terminal)}): {Advice}");

    /// <returns>Null when there is none.</returns>
    /// <inheritdoc cref="Load"/>
    public static HubLogin? TryLoad(Terminal terminal)
    {
        var path = PathOf(terminal);
        if (!File.Exists(path))
            return null;
        try
        {
            var document = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
            return new(
                new(Text(document, "url")!), Text(document, "user")!, Text(document, "token")!,
                DateTimeOffset.Parse(Text(document, "expires")!, CultureInfo.InvariantCulture), Text(document, "caFile"));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException or FormatException)
        {
            throw new UserError(ExitCode.InvalidInput, $"the login in {path} can't be read: {Advice}");
        }
    }

    public void Save(Terminal terminal)
    {
        var path = PathOf(terminal);
        PrivateFolder.Create(Path.GetDirectoryName(path)!);
        var document = new JsonObject
        {
            ["url"] = Url.ToString(),
            ["user"] = User,
            ["token"] = Token,
            ["expires"] = Expires.ToString("O", CultureInfo.InvariantCulture),
            ["caFile"] = CaFile,
        };
        AtomicFile.Write(path, Encoding.UTF8.GetBytes(JsonText.Render(document, indented: true)));
    }

    /// <summary>TLS as this login has it.</summary>
    /// <exception cref="UserError">The certificates can't be used.</exception>
    public static SocketsHttpHandler Handler(string? caFile)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(15) };
        if (caFile is not null)
            handler.SslOptions.CertificateChainPolicy = Trust(caFile);
        return handler;
    }

    /// <inheritdoc cref="Handler"/>
    public static X509ChainPolicy Trust(string caFile)
    {
        try
        {
            var roots = new X509Certificate2Collection();
            roots.ImportFromPemFile(caFile);
            return TrustedRoots.Only(roots);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw UserError.Invalid($"the certificates in {caFile} can't be used: {e.Message}");
        }
    }

    private static string PathOf(Terminal terminal)
    {
        var folder = terminal.Variable("XDG_CONFIG_HOME") is { Length: > 0 } given && Path.IsPathRooted(given)
            ? given
            : OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData)
            : Path.Combine(terminal.Variable("HOME") is { Length: > 0 } home ? home : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".config");
        return Path.Combine(folder, "edgeop", "hub.json");
    }

    private static string? Text(JsonObject document, string name) => (string?)document[name];
}
