namespace EdgeOperator.Core.Manifests.Schema;

/// <summary>Finds the word that somebody probably meant.</summary>
public static class Spelling
{
    private const int LongestWord = 64;

    /// <summary>The candidate nearest to <paramref name="word"/>, or null when none is near.</summary>
    public static string? Closest(string word, IEnumerable<string> candidates)
    {
        if (word.Length is 0 or > LongestWord)
            return null;
        var words = candidates.ToArray();
        var (closest, distance) = words
            .Select(c => (Candidate: c, Distance: Distance(word.ToLowerInvariant(), c.ToLowerInvariant())))
            .DefaultIfEmpty((Candidate: "", Distance: int.MaxValue))
            .MinBy(c => c.Distance);
        return distance <= Math.Clamp(Math.Min(word.Length, closest.Length) / 3, 1, 3)
            ? closest
            : words.FirstOrDefault(c => Begins(c, word) || Begins(word, c));
    }

    private static bool Begins(string word, string beginning) =>
        beginning.Length >= 3 && word.StartsWith(beginning, StringComparison.OrdinalIgnoreCase);

    /// <summary>Insertions, deletions, replacements and swaps of neighbours that turn one word into the other.</summary>
    private static int Distance(string a, string b)
    {
        var previous = new int[b.Length + 1];
        var current = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var next = new int[b.Length + 1];
            next[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                next[j] = Math.Min(Math.Min(current[j] + 1, next[j - 1] + 1), current[j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    next[j] = Math.Min(next[j], previous[j - 2] + 1);
            }
            (previous, current) = (current, next);
        }
        return current[b.Length];
    }
}
