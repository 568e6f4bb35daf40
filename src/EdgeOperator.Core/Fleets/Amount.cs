using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeOperator.Core.Fleets;

/// <summary>How many devices: a number, or a share of some.</summary>
/// <param name="Value">From 1 on; of a share, at most 100.</param>
[JsonConverter(typeof(AmountConverter))]
public readonly record struct Amount(int Value, bool IsPercent)
{
    /// <returns>Null when the text is neither <c>3</c> nor <c>10%</c>.</returns>
    public static Amount? Parse(string text)
    {
        var isPercent = text.EndsWith('%');
        return int.TryParse(isPercent ? text[..^1] : text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= 1 && (!isPercent || value <= 100)
            ? new(value, isPercent)
            : null;
    }

    /// <summary>At least one, so that a small share of few is not nothing.</summary>
    public int AtMostOf(int total) => IsPercent ? Math.Max(1, (int)((long)total * Value / 100)) : Value;

    /// <summary>Rounded up, so that a share that must be there is not less than it says.</summary>
    public int AtLeastOf(int total) => IsPercent ? (int)(((long)total * Value + 99) / 100) : Value;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Value}{(IsPercent ? "%" : "")}");
}

/// <summary>As people write it.</summary>
public sealed class AmountConverter : JsonConverter<Amount>
{
    public override Amount Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Amount.Parse(reader.GetString() ?? "") ?? throw new JsonException("no number of devices");

    public override void Write(Utf8JsonWriter writer, Amount value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
