using System.Text;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Wsl;

/// <summary>
/// Changes single entries of <c>.wslconfig</c> or <c>wsl.conf</c> and leaves all else as it is: comments, order, line ends, entries of
/// others. The grammar is that of microsoft/WSL, src/shared/configfile/configfile.cpp: names in any case, <c>#</c> begins a comment
/// outside of double quotes, a backslash escapes and, at a line's end, goes on with the next one; of two equal entries the first counts.
/// </summary>
internal static class WslConfigText
{
    /// <param name="entries"><c>section.key</c> and the value; null removes the entry.</param>
    public static string Merge(string text, IEnumerable<KeyValuePair<string, string?>> entries)
    {
        var end = text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        var lines = Lines(text);
        foreach (var (name, value) in entries)
        {
            var dot = name.IndexOf('.');
            var (section, key) = (name[..dot], name[(dot + 1)..]);
            if (value is null)
                lines.RemoveAll(line => line.Is(section, key));
            else if (lines.FindIndex(line => line.Is(section, key)) is var at and >= 0)
                lines[at] = lines[at].With(Written(value));
            else
                Insert(lines, section, new(section, key, $"{key}={Written(value)}{end}"), end);
        }

        return string.Concat(lines.Select(line => line.Text));
    }

    /// <summary>The value of an entry; null when there is none.</summary>
    public static string? Find(string text, string name)
    {
        var dot = name.IndexOf('.');
        return Lines(text).Find(line => line.Is(name[..dot], name[(dot + 1)..]))?.Value;
    }

    // Behind the last entry or comment of the section, or in a section of its own at the end.
    private static void Insert(List<Line> lines, string section, Line added, string end)
    {
        if (lines.Count > 0 && !lines[^1].Text.EndsWith('\n'))
            lines[^1] = lines[^1] with { Text = lines[^1].Text + end };
        var last = lines.FindLastIndex(line => string.Equals(line.Section, section, StringComparison.OrdinalIgnoreCase) && line.Text.Trim().Length > 0);
        if (last < 0)
        {
            if (lines.Count > 0 && lines[^1].Text.Trim().Length > 0)
                lines.Add(new(lines[^1].Section, null, end));
            lines.Add(new(section, null, $"[{section}]{end}"));
            last = lines.Count - 1;
        }

        lines.Insert(last + 1, added);
    }

    // A logical line each, with its end, and the section that it stands in.
    private static List<Line> Lines(string text)
    {
        var lines = new List<Line>();
        var section = "";
        for (var at = 0; at < text.Length;)
        {
            var start = at;
            at = EndOfLine(text, at);
            var line = text[start..at];
            var trimmed = line.TrimStart('\ufeff', ' ', '\t');
            if (trimmed.StartsWith('[') && trimmed.IndexOf(']') is var close and > 0)
                section = trimmed[1..close];
            var equals = trimmed.Length > 0 && char.IsAsciiLetter(trimmed[0]) ? trimmed.IndexOf('=') : -1;
            lines.Add(new(section, equals < 0 ? null : trimmed[..equals].TrimEnd(' ', '\t'), line));
        }

        return lines;
    }

    private static int EndOfLine(string text, int at)
    {
        // Only a value goes on: comments and sections end with their line.
        var isEntry = text.AsSpan(at).TrimStart("\ufeff \t") is [var first, ..] && char.IsAsciiLetter(first);
        var isComment = !isEntry;
        for (var inQuotes = false; at < text.Length; at++)
        {
            switch (text[at])
            {
                case '\n':
                    return at + 1;
                case '"' when !isComment:
                    inQuotes = !inQuotes;
                    break;
                case '#' when !inQuotes:
                    isComment = true;
                    break;
                case '\\' when !isComment && at + 1 < text.Length:
                    at += text[at + 1] == '\r' && at + 2 < text.Length ? 2 : 1;
                    break;
            }
        }

        return at;
    }

    private static string Written(string value)
    {
        var text = new StringBuilder();
        foreach (var c in value)
        {
            text.Append(c switch
            {
                '\\' => @"\\",
                '"' => "\\\"",
                '\n' => @"\n",
                '\t' => @"\t",
                '\b' => @"\b",
                _ => c.ToString(),
            });
        }

        return value.Contains('#') || value != value.Trim() ? $"\"{text}\"" : text.ToString();
    }

    /// <param name="Key">Null when the line is no entry.</param>
    private sealed record Line(string Section, string? Key, string Text)
    {
        public bool Is(string section, string key) =>
            string.Equals(Section, section, StringComparison.OrdinalIgnoreCase) && string.Equals(Key, key, StringComparison.OrdinalIgnoreCase);

        public string Value => Scan(out _, out _);

        /// <summary>With another value; the blanks before it and a comment behind it stay.</summary>
        public Line With(string value)
        {
            Scan(out var start, out var end);
            return this with { Text = Text[..start] + value + Text[end..] };
        }

        private string Scan(out int start, out int end)
        {
            start = Text.IndexOf('=') + 1;
            while (start < Text.Length && Text[start] is ' ' or '\t')
                start++;
            var value = new StringBuilder();
            var (inQuotes, kept, at) = (false, 0, start);
            end = start;
            for (; at < Text.Length && Text[at] is not ('\r' or '\n') && (inQuotes || Text[at] != '#'); at++)
            {
                var isBlank = false;
                if (Text[at] == '"')
                {
                    inQuotes = !inQuotes;
                }
                else if (Text[at] == '\\' && at + 1 < Text.Length)
                {
                    at++;
                    if (Text[at] == '\r')
                        at++;
                    if (at < Text.Length && Text[at] != '\n')
                        value.Append(Text[at] switch { 'n' => '\n', 't' => '\t', 'b' => '\b', var c => c });
                }
                else
                {
                    value.Append(Text[at]);
                    isBlank = !inQuotes && Text[at] is ' ' or '\t';
                }

                if (!isBlank)
                    (kept, end) = (value.Length, at + 1);
            }

            return value.ToString(0, kept);
        }
    }
}
