using System.Globalization;

namespace EdgeOperator.Soak;

/// <param name="Edgeop">The path of the executable under test.</param>
/// <param name="Duration">After it no further round begins.</param>
/// <param name="Seed">Decides what is done and in which order; how it meets what the device is doing is up to the machine.</param>
/// <param name="Evidence">The folder of what a failed run leaves to look at.</param>
internal sealed record SoakOptions(string Edgeop, TimeSpan Duration, int Seed, string Evidence)
{
    public const string Usage = "usage: soak --edgeop FILE [--duration 30m] [--seed NUMBER] [--evidence FOLDER]";

    public static SoakOptions? Parse(string[] args)
    {
        var (edgeop, duration, seed, evidence) = ("", (TimeSpan?)TimeSpan.FromMinutes(30), Random.Shared.Next(), "artifacts/soak");
        for (var i = 0; i + 1 < args.Length; i += 2)
        {
            var value = args[i + 1];
            switch (args[i])
            {
                case "--edgeop": edgeop = value; break;
                case "--duration": duration = ParseDuration(value); break;
                case "--seed" when int.TryParse(value, CultureInfo.InvariantCulture, out seed): break;
                case "--evidence": evidence = value; break;
                default: return null;
            }
        }

        return args.Length % 2 == 0 && File.Exists(edgeop) && duration is { } time
            ? new(Path.GetFullPath(edgeop), time, seed, Path.GetFullPath(evidence))
            : null;
    }

    // 90s, 30m, 2h.
    private static TimeSpan? ParseDuration(string text) =>
        text.Length > 1 && double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? text[^1] switch
            {
                's' => TimeSpan.FromSeconds(number),
                'm' => TimeSpan.FromMinutes(number),
                'h' => TimeSpan.FromHours(number),
                _ => null,
            }
            : null;
}
