using System.Collections.Immutable;
using System.Text;

namespace EdgeOperator.Functions.App;

/// <summary>
/// A command line as the cloud's host has it: .NET joins arguments to one text and takes that apart again at blanks, so
/// <c>"-u handler.py"</c> in host.json is two arguments. Double quotes keep blanks; a backslash is one unless quotes follow.
/// </summary>
internal static class CommandLine
{
    public static ImmutableArray<string> Split(string line)
    {
        var arguments = ImmutableArray.CreateBuilder<string>();
        for (var i = 0; ;)
        {
            while (i < line.Length && IsBlank(line[i]))
            {
                i++;
            }

            if (i == line.Length)
            {
                return arguments.ToImmutable();
            }

            arguments.Add(Next(line, ref i));
        }
    }

    private static string Next(string line, ref int i)
    {
        var argument = new StringBuilder();
        var isQuoted = false;
        while (i < line.Length && (isQuoted || !IsBlank(line[i])))
        {
            var backslashes = 0;
            while (i < line.Length && line[i] == '\\')
            {
                (backslashes, i) = (backslashes + 1, i + 1);
            }

            if (i < line.Length && line[i] == '"')
            {
                argument.Append('\\', backslashes / 2);
                if (backslashes % 2 == 1)
                {
                    argument.Append('"');
                }
                else if (isQuoted && i + 1 < line.Length && line[i + 1] == '"')
                {
                    // Two of them within quotes are one that is meant.
                    argument.Append('"');
                    i++;
                }
                else
                {
                    isQuoted = !isQuoted;
                }

                i++;
                continue;
            }

            argument.Append('\\', backslashes);
            if (i < line.Length && (isQuoted || !IsBlank(line[i])))
            {
                argument.Append(line[i++]);
            }
        }

        return argument.ToString();
    }

    private static bool IsBlank(char c) => c is ' ' or '\t';
}
