using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Secrets.Age;
using YamlDotNet.Core.Events;

namespace EdgeOperator.Core.Secrets.Sops;

/// <summary>Writes files as SOPS writes them, for age recipients. Comments are kept; those among the encrypted values are encrypted too.</summary>
public static class SopsWriter
{
    /// <summary>The version of SOPS whose format is written.</summary>
    private const string Version = "3.9.0";

    /// <summary>Encrypts what stands below <c>data</c> and <c>stringData</c>.</summary>
    /// <param name="yaml">Without a <c>sops</c> block.</param>
    /// <param name="recipients">At least one.</param>
    /// <exception cref="SecretFormatException">The text can't be encrypted. The message quotes no value.</exception>
    public static string Encrypt(string yaml, IReadOnlyCollection<AgeRecipient> recipients, DateTimeOffset now) =>
        Encrypt(yaml, recipients, SopsRule.OfData, now);

    /// <summary>Encrypts an encrypted file anew, with another key for its values.</summary>
    /// <exception cref="SecretFormatException">None of the identities is a recipient, or the file was changed or can't be read.</exception>
    public static string Rotate(string yaml, IReadOnlyCollection<AgeIdentity> identities, IReadOnlyCollection<AgeRecipient> recipients, DateTimeOffset now)
    {
        var file = Read(yaml);
        var key = file.DataKey(identities);
        file.Open(key);
        return Encrypt(Decrypt(yaml, key, file.Metadata.Rule), recipients, file.Metadata.Rule, now);
    }

    /// <summary>Gives a file's key to other recipients; the values stay as they are.</summary>
    /// <param name="recipients">At least one: without any, nobody could open the file any more.</param>
    /// <exception cref="SecretFormatException">None of the identities is a recipient, there would be no recipient, or the file was changed or can't be read.</exception>
    public static string Rewrap(string yaml, IReadOnlyCollection<AgeIdentity> identities, IReadOnlyCollection<AgeRecipient> recipients)
    {
        if (recipients.Count == 0)
            throw NoRecipient();
        var file = Read(yaml);
        var key = file.DataKey(identities);
        file.Open(key);
        return new SopsEvents(yaml) { Block = block => block.With("age", Recipients(key, recipients)) }.Rewrite();
    }

    /// <summary>For whom a file is encrypted, as it names them.</summary>
    /// <exception cref="SecretFormatException">The file is not encrypted, or can't be read.</exception>
    public static IReadOnlyList<string> RecipientsOf(string yaml) => Read(yaml).Recipients;

    internal static string Encrypt(string yaml, IReadOnlyCollection<AgeRecipient> recipients, SopsRule rule, DateTimeOffset now)
    {
        if (recipients.Count == 0)
            throw NoRecipient();
        var key = RandomNumberGenerator.GetBytes(SopsValue.KeyLength);
        using var mac = new SopsMac(onlyEncrypted: false);
        var modified = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var count = 0;
        return new SopsEvents(yaml)
        {
            Value = (scalar, path) => Encrypted(scalar, path),
            Comment = (text, path) => rule.Encrypts(path) && text.Length > 0 ? SopsValue.Encrypt(key, SopsLeaf.Place(path), "comment", Encoding.UTF8.GetBytes(text)).ToString() : text,
            Block = block => block is null ? null : throw new SecretFormatException(SecretFailure.Malformed, "it is encrypted already"),
            NewBlock = () => count == 0
                ? throw new SecretFormatException(SecretFailure.Malformed, $"nothing in it would be encrypted: no value stands below a key that {rule.Field} ({rule.Text}) selects")
                : Block(key, recipients, rule, modified, SopsValue.Encrypt(key, modified, "str", mac.Finish())),
        }.Rewrite();

        Scalar Encrypted(Scalar scalar, IReadOnlyList<string> path)
        {
            var kind = scalar.Style is YamlDotNet.Core.ScalarStyle.Plain or YamlDotNet.Core.ScalarStyle.Any ? PlainScalar.KindOf(scalar.Value) : ScalarKind.String;
            if (kind == ScalarKind.Null)
                return scalar;
            var (type, bytes) = SopsScalar.Of(scalar.Value, kind);
            var isEncrypted = rule.Encrypts(path);
            mac.Add(bytes, isEncrypted);
            if (!isEncrypted)
                return kind == ScalarKind.String && scalar.Style == YamlDotNet.Core.ScalarStyle.Plain && SopsScalar.IsAmbiguous(scalar.Value) ? SopsEvents.Quoted(scalar.Value) : scalar;
            count++;
            return bytes.Length == 0 ? scalar : new(SopsValue.Encrypt(key, SopsLeaf.Place(path), type, bytes).ToString());
        }
    }

    private static SecretFormatException NoRecipient() => new(SecretFailure.Malformed, "there is no recipient to encrypt for: nobody could open it any more");

    private static string Decrypt(string yaml, byte[] key, SopsRule rule) => new SopsEvents(yaml)
    {
        Value = (scalar, path) => rule.Encrypts(path) && SopsValue.Parse(scalar.Value) is { } value ? Plain(value.Type, Text(value, key, path)) : scalar,
        Comment = (text, path) => SopsValue.Parse(text) is { } value ? Text(value, key, path) : text,
        Block = _ => null,
    }.Rewrite();

    private static string Text(SopsValue value, byte[] key, IReadOnlyList<string> path) =>
        value.Decrypt(key, SopsLeaf.Place(path)) is { } bytes
            ? Encoding.UTF8.GetString(bytes)
            : throw new SecretFormatException(SecretFailure.Damaged, $"{Quote.Short(string.Join('.', path))} can't be decrypted: it was changed, or moved from another place");

    private static Scalar Plain(string type, string text) => type switch
    {
        "int" or "float" => new(text),
        "bool" => new(text.ToLowerInvariant()),
        _ => SopsEvents.Quoted(text),
    };

    private static SopsBlock Block(byte[] key, IReadOnlyCollection<AgeRecipient> recipients, SopsRule rule, string modified, SopsValue mac) => new SopsBlock()
        .With("age", Recipients(key, recipients))
        .With("lastmodified", [SopsEvents.Quoted(modified)])
        .With("mac", [new Scalar(mac.ToString())])
        .With(rule.Field, [new Scalar(rule.Text)])
        .With("version", [new Scalar(Version)]);

    private static IReadOnlyList<ParsingEvent> Recipients(byte[] key, IReadOnlyCollection<AgeRecipient> recipients) =>
    [
        new SequenceStart(default, default, isImplicit: true, SequenceStyle.Block),
        .. recipients.Distinct().SelectMany<AgeRecipient, ParsingEvent>(recipient =>
        [
            new MappingStart(),
            new Scalar("recipient"),
            new Scalar(recipient.ToString()),
            new Scalar("enc"),
            SopsEvents.Literal(AgeArmor.Add(AgeFile.Encrypt(key, [recipient]))),
            new MappingEnd(),
        ]),
        new SequenceEnd(),
    ];

    private static SopsFile Read(string yaml)
    {
        var problems = new ProblemCollector();
        var documents = YamlReader.Read(new("", Encoding.UTF8.GetBytes(yaml)), problems);
        if (problems.Count == 0 && !documents.Any(SopsFile.IsEncrypted))
            throw new SecretFormatException(SecretFailure.Malformed, "it is not encrypted");
        var file = problems.Count == 0 ? SopsFile.Parse(documents, problems) : null;
        return file ?? throw new SecretFormatException(SecretFailure.Malformed, $"{problems.SortedProblems[0].What} (line {problems.SortedProblems[0].Where.Line})");
    }
}
