using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace EdgeOperator.Cli.Output;

/// <summary>A JSON tree as one YAML document. Any reader, of YAML 1.1 or 1.2, gets back the same strings, numbers and booleans.</summary>
internal static class YamlText
{
    private static readonly HashSet<string> Words =
        new(["", "~", "null", "true", "false", "yes", "no", "on", "off", "y", "n", ".nan", ".inf", "-.inf", "+.inf", "=", "<<"], StringComparer.OrdinalIgnoreCase);

    public static string Render(JsonNode? root)
    {
        var text = new StringWriter { NewLine = "\n" };
        var emitter = new Emitter(text, new EmitterSettings().WithNewLine("\n").WithIndentedSequences());
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(null, null, isImplicit: true));
        Emit(emitter, root);
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
        return text.ToString();
    }

    private static void Emit(Emitter emitter, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                emitter.Emit(new MappingStart(null, null, isImplicit: true, map.Count == 0 ? MappingStyle.Flow : MappingStyle.Block));
                foreach (var (key, value) in map)
                {
                    emitter.Emit(String(key));
                    Emit(emitter, value);
                }

                emitter.Emit(new MappingEnd());
                break;
            case JsonArray list:
                emitter.Emit(new SequenceStart(null, null, isImplicit: true, list.Count == 0 ? SequenceStyle.Flow : SequenceStyle.Block));
                foreach (var item in list)
                    Emit(emitter, item);

                emitter.Emit(new SequenceEnd());
                break;
            default:
                emitter.Emit(node?.GetValueKind() == JsonValueKind.String ? String(node.GetValue<string>()) : new Scalar(node?.ToJsonString() ?? "null"));
                break;
        }
    }

    private static Scalar String(string text)
    {
        var style = text.Any(NeedsEscape) ? ScalarStyle.DoubleQuoted : LooksLikeAnotherType(text) ? ScalarStyle.SingleQuoted : ScalarStyle.Any;
        return new(AnchorName.Empty, TagName.Empty, text, style, isPlainImplicit: true, isQuotedImplicit: true);
    }

    private static bool NeedsEscape(char c) => char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029' or '\uFEFF';

    /// <remarks>Whatever begins like a number (also a date, a time, 0x1f, 1_000) is quoted: readers differ on which of them are.</remarks>
    private static bool LooksLikeAnotherType(string text) =>
        Words.Contains(text)
        || (text.TrimStart('+', '-', '.') is [>= '0' and <= '9', ..] && text.All(c => char.IsAsciiHexDigit(c) || "+-_.:xobTZtz ".Contains(c)))
        || double.TryParse(text, NumberStyles.Any, CultureInfo.InvariantCulture, out _);
}
