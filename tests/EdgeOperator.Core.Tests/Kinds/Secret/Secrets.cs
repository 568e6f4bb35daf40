using System.Collections.Immutable;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Secrets.Age;
using EdgeOperator.Core.Secrets.Sops;
using EdgeOperator.Core.Tests.Manifests;

namespace EdgeOperator.Core.Tests.Kinds.Secret;

/// <summary>Reads manifests with a Secret <c>db</c>, whose key <c>password</c> is <c>hunter2</c>, on a device that opens it.</summary>
internal static class Secrets
{
    public const string Digest = "00000000000000000000000000000001";

    private static readonly AgeIdentity Device = AgeIdentity.Generate();

    /// <summary>For whom they are encrypted.</summary>
    public static string Recipient => Device.Recipient.ToString();

    public static ReadResult Read(params (string Path, string Text)[] files) => Read(new Opening(), files);

    public static ReadResult Read(ISecretOpener opener, params (string Path, string Text)[] files) =>
        Reading.Files(new RenderContext(Reading.Till) { Secrets = opener }, [.. files, ("db.yaml", Encrypted(Plain()))]);

    public static string Plain(string name = "db", string spec = "") =>
        $"apiVersion: edgeoperator.io/v1alpha1\nkind: Secret\nmetadata:\n  name: {name}\nspec:\n{spec}  stringData:\n    password: hunter2\n";

    public static string Encrypted(string yaml) => SopsWriter.Encrypt(yaml, [Device.Recipient], DateTimeOffset.UnixEpoch);

    /// <summary>Every key has the same digest.</summary>
    public sealed class Opening(string digest = Digest) : ISecretOpener
    {
        public SecretOpening Open(string name, SopsFile file, int document) => new SecretOpening.Opened(
            file.Open([Device]).Where(value => value.Document == document && value.Path.Length == 3 && value.Path[0] == "spec").ToImmutableSortedDictionary(value => value.Path[2], _ => digest));
    }

    /// <summary>The device is no recipient.</summary>
    public sealed class Refusing : ISecretOpener
    {
        public SecretOpening Open(string name, SopsFile file, int document) => new SecretOpening.Refused("NotForThisDevice", "it is encrypted for age1other, and not for age1mine");
    }
}
