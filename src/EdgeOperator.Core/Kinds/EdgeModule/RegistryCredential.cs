using System.Text;

namespace EdgeOperator.Core.Kinds.EdgeModule;

/// <summary>How to sign in to a registry. Its text form never shows the password.</summary>
/// <param name="Address">The registry's host and port, as in an image's name.</param>
public sealed record RegistryCredential(string Address, string Username, string Password)
{
    // The compiler's own ToString, which would print every property.
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append($"Address = {Address}, Username = {Username}, Password = ***");
        return true;
    }
}
