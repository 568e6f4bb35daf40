using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Definitions;
using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Core.Kinds.Secret;

internal static class SecretDefinition
{
    public static KindDefinition Kind { get; } = new(
        KindNames.Secret,
        "Values that only the devices named in its `sops` block can read; other manifests refer to them as `${secrets.NAME.KEY}`. Written by `edgeop secret encrypt` or by SOPS with age recipients.",
        new([
            new(SecretData.Texts, new MapType(Names.SecretKey, EncryptedType.Instance), "Texts by key, encrypted.") { Default = "{}" },
            new(SecretData.Bytes, new MapType(Names.SecretKey, EncryptedType.Instance), "Bytes by key: their base64, encrypted.") { Default = "{}" },
            .. CommonFields.All,
        ]))
    {
        Further = [new("sops", SopsBlockType.Instance, "What SOPS notes of the encryption: recipients, the MAC, which values are encrypted.")],
    };
}
