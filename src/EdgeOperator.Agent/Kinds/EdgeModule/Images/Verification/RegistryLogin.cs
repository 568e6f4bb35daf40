using System.Buffers.Text;
using System.Text.Json;

namespace EdgeOperator.Agent.Kinds.EdgeModule.Images.Verification;

/// <summary>What a registry is shown. Its text form never shows a secret.</summary>
/// <param name="IdentityToken">Stands in the place of user and password.</param>
internal sealed record RegistryLogin(string? User, string? Password, string? IdentityToken)
{
    /// <param name="header">The value of <c>X-Registry-Auth</c>; null for none.</param>
    public static RegistryLogin? Of(string? header)
    {
        if (header is null)
            return null;
        using var document = JsonDocument.Parse(Base64Url.DecodeFromChars(header));
        return new(Text("username"), Text("password"), Text("identitytoken"));

        string? Text(string name) => document.RootElement.TryGetProperty(name, out var value) ? value.GetString() : null;
    }

    public override string ToString() => $"{User}:***";
}
