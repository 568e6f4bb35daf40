using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeOperator.Agent.Secrets;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Kinds.EdgeModule.Compiling;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Kinds.EdgeModule.Images;

/// <summary>
/// The credentials that an engine presents to each registry: those of the manifests, or else those of a file in the format of Docker's
/// <c>config.json</c>, which is read again whenever it has changed.
/// </summary>
/// <param name="file">Null for none.</param>
/// <param name="reveal">Puts in the values of the secrets that manifests refer to.</param>
internal sealed class RegistryCredentials(string? file, Func<string, string>? reveal = null)
{
    private const string DockerHub = "docker.io";

    private readonly Lock _lock = new();
    private (DateTime Written, long Length) _stamp;
    private Dictionary<string, string> _byRegistry = [];

    /// <summary>The <c>X-Registry-Auth</c> header for an image; null when there are no credentials for its registry.</summary>
    /// <param name="fromManifests">Come before the file's; later ones win.</param>
    /// <exception cref="CredentialsException">The file can't be used; the message says what to do.</exception>
    public string? HeaderFor(string image, ImmutableArray<RegistryCredential> fromManifests)
    {
        if (!ImageReference.TryParse(image, out var reference, out _))
        {
            return null;
        }

        if (fromManifests.LastOrDefault(credential => RegistryOf(credential.Address).Equals(reference.Registry, StringComparison.OrdinalIgnoreCase)) is { } known)
        {
            return Header(known.Address, new() { ["username"] = Revealed(known.Username), ["password"] = Revealed(known.Password) });
        }

        if (file is null)
        {
            return null;
        }

        lock (_lock)
        {
            ReadIfChanged(file);
            return _byRegistry.GetValueOrDefault(reference.Registry);
        }
    }

    private string Revealed(string text)
    {
        try
        {
            return reveal?.Invoke(text) ?? text;
        }
        catch (SecretUnavailableException e)
        {
            throw new CredentialsException(e.Message);
        }
    }

    private void ReadIfChanged(string path)
    {
        try
        {
            var info = new FileInfo(path);
            var stamp = (info.LastWriteTimeUtc, info.Exists ? info.Length : -1);
            if (stamp != _stamp)
            {
                _byRegistry = Parse(ReferencedFile.ReadText(path));
                _stamp = stamp;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CredentialsException($"{path} can't be read ({e.Message}): correct engine.registryAuthFile or the file's permissions");
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            throw new CredentialsException($"{path} is not in the format of Docker's config.json ({e.Message}): write it with 'docker login'");
        }
    }

    private static Dictionary<string, string> Parse(string json)
    {
        var root = JsonNode.Parse(json) as JsonObject ?? throw new JsonException("it is no JSON object");
        var auths = root["auths"] as JsonObject ?? [];
        if (auths.Count == 0 && (root["credsStore"] ?? root["credHelpers"]) is not null)
        {
            throw new FormatException("it names a credential helper, which the agent does not run; it needs the credentials themselves under auths");
        }

        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (address, entry) in auths)
        {
            if (entry is JsonObject credentials && Header(address, credentials) is { } header)
            {
                headers[RegistryOf(address)] = header;
            }
        }

        return headers;
    }

    private static string? Header(string address, JsonObject credentials)
    {
        var (user, password) = ((string?)credentials["username"], (string?)credentials["password"]);
        if ((string?)credentials["auth"] is { Length: > 0 } auth)
        {
            var text = Encoding.UTF8.GetString(Convert.FromBase64String(auth));
            var colon = text.IndexOf(':');
            (user, password) = colon > 0
                ? (text[..colon], text[(colon + 1)..].TrimEnd('\0'))
                : throw new FormatException($"auths.{address}.auth is not base64 of user:password");
        }

        var token = (string?)credentials["identitytoken"];
        if (string.IsNullOrEmpty(token) && string.IsNullOrEmpty(user))
        {
            return null;
        }

        var header = new JsonObject { ["serveraddress"] = address };
        if (string.IsNullOrEmpty(token))
        {
            header["username"] = user;
            header["password"] = password;
        }
        else
        {
            header["identitytoken"] = token;
        }

        return Convert.ToBase64String(Encoding.UTF8.GetBytes(header.ToJsonString())).Replace('+', '-').Replace('/', '_');
    }

    /// <summary>Docker writes some registries as addresses: <c>https://index.docker.io/v1/</c>.</summary>
    private static string RegistryOf(string address)
    {
        var start = address.IndexOf("://", StringComparison.Ordinal) is var scheme and >= 0 ? scheme + 3 : 0;
        var host = address[start..].Split('/')[0];
        return host is "index.docker.io" or "registry-1.docker.io" or DockerHub ? DockerHub : host;
    }
}

/// <summary>The file with the credentials can't be used.</summary>
internal sealed class CredentialsException(string message) : Exception(message);
