using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Cli.Verbs.Functions;

/// <summary>Apps and functions as people write them.</summary>
internal static class FunctionName
{
    private const string Prefix = KindNames.FunctionApp + "/";

    /// <summary>An app's name, which may have its kind before it.</summary>
    public static string App(string text) => text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? text[Prefix.Length..] : text;

    /// <summary><c>APP/FUNCTION</c>.</summary>
    public static (string App, string Function) Parse(string text) =>
        App(text).Split('/') is [{ Length: > 0 } app, { Length: > 0 } function]
            ? (app, function)
            : throw UserError.Invalid($"\"{text}\" is no function: write it as APP/FUNCTION; `edgeop function list` has them all");

    /// <summary><c>APP</c> or <c>APP/FUNCTION</c>.</summary>
    public static (string App, string? Function) ParseEither(string text) => App(text).Contains('/') ? Parse(text) : (App(text), null);
}
