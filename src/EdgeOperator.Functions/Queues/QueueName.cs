using EdgeOperator.Functions.App;

namespace EdgeOperator.Functions.Queues;

/// <summary>
/// The rule for names: https://learn.microsoft.com/rest/api/storageservices/naming-queues-and-metadata. It holds for the
/// host's own queues too.
/// </summary>
internal static class QueueName
{
    public const string Rule = "3 to 63 lower-case letters, digits and single dashes, with a letter or digit at both ends";

    public static bool IsValid(string name) =>
        name.Length is >= 3 and <= 63 && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-') &&
        name[0] != '-' && name[^1] != '-' && !name.Contains("--", StringComparison.Ordinal);

    /// <param name="name">In any case, as the cloud's host lets it be written.</param>
    /// <exception cref="FormatException">The name is not valid.</exception>
    public static void Check(Binding binding, string name)
    {
        if (!IsValid(name.ToLowerInvariant()))
            throw new FormatException($"The binding {binding.Name} names the queue \"{name}\"; a name has {Rule}");
    }

    public static string Poison(string name) => $"{name}-poison";
}
