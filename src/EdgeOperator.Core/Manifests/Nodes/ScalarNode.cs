using System.Globalization;
using System.Text.Json.Nodes;

namespace EdgeOperator.Core.Manifests.Nodes;

public enum ScalarKind
{
    Null,
    Boolean,
    Integer,
    Number,
    String,

    /// <summary>The text names a variable whose value is not known, because no device is at hand: any type may come of it.</summary>
    Placeholder,
}

/// <summary>A single value: its text as written (escapes undone), and what that text means.</summary>
/// <param name="isPlain">Written without quotes, so that its kind comes from its text.</param>
public sealed class ScalarNode(Position where, string text, ScalarKind kind, bool isPlain) : Node(where)
{
    public string Text { get; } = text;

    public ScalarKind Kind { get; } = kind;

    public bool IsPlain { get; } = isPlain;

    public override string Description => Kind switch
    {
        ScalarKind.Null => "nothing",
        ScalarKind.Boolean => $"the boolean {Text}",
        ScalarKind.Integer or ScalarKind.Number => $"the number {Text}",
        _ => $"the string {Quote.Short(Text)}",
    };

    internal override int Height => 0;

    internal override int Cost => Limits.CostOf(Text);

    public override JsonNode? ToJson() => Kind switch
    {
        ScalarKind.Null => null,
        ScalarKind.Boolean => JsonValue.Create(Text[0] is 't' or 'T'),
        ScalarKind.Integer => JsonValue.Create(PlainScalar.ToInteger(Text)),
        ScalarKind.Number => Number(),
        _ => JsonValue.Create(Text),
    };

    private JsonValue Number() =>
        decimal.TryParse(Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var exact)
            ? JsonValue.Create(exact)
            : JsonValue.Create(double.Parse(Text, CultureInfo.InvariantCulture));
}
