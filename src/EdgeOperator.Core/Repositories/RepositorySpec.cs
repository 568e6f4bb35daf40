using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Definitions;
using EdgeOperator.Core.Manifests.Reading;

namespace EdgeOperator.Core.Repositories;

/// <summary>A Git repository that a hub follows.</summary>
/// <param name="Git">Where it is, and what of it is trusted; its path is the folder with fleets.</param>
/// <param name="WebhookSecretFile">Null without a webhook.</param>
public sealed record RepositorySpec(GitSourceConfiguration Git, string? WebhookSecretFile)
{
    /// <summary>The files on the hub that it names.</summary>
    public IEnumerable<string> Files => ((string?[])
    [
        Git.SshKeyFile, Git.KnownHostsFile, Git.TokenFile, Git.CaFile, WebhookSecretFile,
        .. Git.Verify is GitVerification.Signed signed ? (string?[])[signed.AllowedSignersFile, signed.GpgKeyringFile] : [],
    ]).OfType<string>();

    /// <param name="spec">In canonical form.</param>
    internal static RepositorySpec Of(string name, JsonNode spec) =>
        new(AgentConfigurationBinder.Git(name, spec.Deserialize(RepositoryJson.Default.GitFields)!), (string?)spec["webhook"]?["secretFile"]);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(GitFields))]
internal sealed partial class RepositoryJson : JsonSerializerContext;
