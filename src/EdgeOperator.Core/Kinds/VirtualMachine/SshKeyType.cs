using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Core.Kinds.VirtualMachine;

/// <summary>A public SSH key as a line of authorized_keys without options: its type, its data in base64 and a comment.</summary>
internal sealed class SshKeyType : ScalarType
{
    private static readonly string[] Types =
    [
        "ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
        "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com",
    ];

    public static SshKeyType Instance { get; } = new();

    public override string Expected => "a public SSH key such as `ssh-ed25519 AAAA… name`";

    protected override JsonNode? Read(ScalarNode scalar, FieldContext context)
    {
        if (scalar.Text.Contains("PRIVATE KEY", StringComparison.Ordinal))
        {
            // The value is not repeated: it is a secret.
            context.Problems.Add(scalar.Where, $"{context.Path} holds a private key", "remove it from the source and regard it as lost; the public key is in the file that ends with .pub");
            return null;
        }

        var text = scalar.Text.Trim();
        if (text.Any(char.IsControl))
            return Mismatch(scalar, context, "write one key in one line");
        return text.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries) is [var type, var data, ..] && Types.Contains(type) && IsDataOf(type, data)
            ? JsonValue.Create(text)
            : Mismatch(scalar, context, "copy the whole line of the file that ends with .pub");
    }

    protected override JsonNode Sample(string placeholder) => JsonValue.Create("ssh-ed25519 AAAA");

    protected override JsonObject Schema() => new() { ["type"] = "string", ["pattern"] = "^(sk-)?(ssh|ecdsa)-[a-z0-9@.-]+ +[A-Za-z0-9+/]+=*( .*)?$" };

    /// <summary>The data begins with the length of the type, in four bytes, and the type again (RFC 4253, section 6.6).</summary>
    private static bool IsDataOf(string type, string data)
    {
        var bytes = new byte[data.Length];
        return Convert.TryFromBase64String(data, bytes, out var length)
            && length > 4 + type.Length
            && BinaryPrimitives.ReadInt32BigEndian(bytes) == type.Length
            && bytes.AsSpan(4, type.Length).SequenceEqual(Encoding.ASCII.GetBytes(type));
    }
}
