using System.Collections.Immutable;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Nodes;

namespace EdgeOperator.Core.Secrets.Sops;

/// <summary>A file's <c>sops</c> block, as far as it concerns age.</summary>
internal sealed record SopsMetadata(
    ImmutableArray<SopsRecipient> Recipients, SopsValue Mac, string LastModified, SopsRule Rule, bool MacOnlyEncrypted, Position Where)
{
    /// <summary>The block's key in a document.</summary>
    public const string Key = "sops";

    private const int MostRecipients = 2048;
    private const int LongestKey = 16 * 1024;

    private static readonly string[] OtherKeys = ["kms", "gcp_kms", "azure_kv", "hc_vault", "hckms", "pgp"];
    private static readonly string[] CommentRules = ["encrypted_comment_regex", "unencrypted_comment_regex"];

    /// <returns>Null after a problem.</returns>
    public static SopsMetadata? Read(MapNode block, ProblemCollector problems)
    {
        var before = problems.Count;
        foreach (var field in block.Entries.Where(entry => CommentRules.Contains(entry.Key) && !IsEmpty(entry.Value)))
            problems.Add(field.KeyWhere, $"sops.{field.Key} is not supported", "choose what is encrypted by `encrypted_regex`, `encrypted_suffix` or their opposites");
        if (block.Find("key_groups") is { } groups && !IsEmpty(groups.Value))
            problems.Add(groups.KeyWhere, "sops.key_groups is not supported: a device has one key and can't gather parts from others", "encrypt for age recipients without key groups");
        var recipients = ReadRecipients(block, problems);
        var rule = ReadRule(block, problems);
        var mac = Text(block, "mac", problems) is { } text ? SopsValue.Parse(text.Text) ?? Invalid<SopsValue>(text, "mac", problems) : null;
        var modified = Text(block, "lastmodified", problems);
        var macOnly = block["mac_only_encrypted"] is ScalarNode { Kind: ScalarKind.Boolean, Text: "true" or "True" or "TRUE" };
        return problems.Count == before ? new(recipients, mac!, modified!.Text, rule!, macOnly, block.Where) : null;
    }

    private static ImmutableArray<SopsRecipient> ReadRecipients(MapNode block, ProblemCollector problems)
    {
        if (block["age"] is not ListNode { Items: [_, ..] items } list)
        {
            var other = OtherKeys.FirstOrDefault(key => block[key] is { } keys && !IsEmpty(keys));
            problems.Add(
                block.Where,
                other is null ? "sops.age names no recipient" : $"it is encrypted by sops.{other} alone, which a device can't open",
                "encrypt it for the device's age recipient, which `edgeop identity` shows");
            return [];
        }

        if (items.Length > MostRecipients)
            problems.Add(list.Where, $"sops.age names {items.Length} recipients", $"make several Secrets of it, for at most {MostRecipients} each");
        var recipients = ImmutableArray.CreateBuilder<SopsRecipient>();
        foreach (var item in items.Take(MostRecipients))
        {
            if (item is MapNode map && map["recipient"] is ScalarNode { Kind: ScalarKind.String, Text: var name } && map["enc"] is ScalarNode { Kind: ScalarKind.String, Text: { Length: <= LongestKey } key })
                recipients.Add(new(name, key));
            else
                problems.Add(item.Where, "an entry of sops.age needs `recipient` and `enc`", "encrypt the file again");
        }

        return recipients.ToImmutable();
    }

    private static SopsRule? ReadRule(MapNode block, ProblemCollector problems)
    {
        var rules = block.Entries.Where(entry => SopsRule.Fields.Contains(entry.Key) && !IsEmpty(entry.Value)).ToList();
        if (rules.Count == 0)
            return SopsRule.Default;
        if (rules.Count > 1)
            problems.Add(rules[1].KeyWhere, $"sops.{rules[0].Key} and sops.{rules[1].Key} exclude each other", "encrypt the file again, by one of them");
        return rules[0].Value is ScalarNode scalar ? SopsRule.Create(rules[0].Key, scalar.Text) ?? Invalid<SopsRule>(scalar, rules[0].Key, problems) : Invalid<SopsRule>(rules[0].Value, rules[0].Key, problems);
    }

    private static ScalarNode? Text(MapNode block, string field, ProblemCollector problems)
    {
        if (block[field] is ScalarNode { Kind: ScalarKind.String } scalar)
            return scalar;
        problems.Add(block[field]?.Where ?? block.Where, $"sops.{field} is missing", "encrypt the file again");
        return null;
    }

    private static T? Invalid<T>(Node node, string field, ProblemCollector problems)
        where T : class
    {
        problems.Add(node.Where, $"sops.{field} is malformed", "encrypt the file again");
        return null;
    }

    private static bool IsEmpty(Node node) => node is ScalarNode { Kind: ScalarKind.Null } or ScalarNode { Text: "" } or ListNode { Items.IsEmpty: true } or MapNode { Entries.IsEmpty: true };
}

/// <param name="Name">The recipient as the file names it.</param>
/// <param name="Key">The file's data key, an armored age file.</param>
internal sealed record SopsRecipient(string Name, string Key);
