using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Planning;

/// <summary>What a kind keeps in <see cref="ObservedState.With"/>, as JSON has it.</summary>
/// <param name="name">In camel case; it stays the same for ever.</param>
internal abstract class ObservedPart(string name)
{
    public string Name => name;

    public abstract Type Type { get; }

    /// <param name="json">Of the part's type; it must be generated at build time.</param>
    public static ObservedPart Of<T>(string name, JsonTypeInfo<T> json)
        where T : class => new Typed<T>(name, json);

    /// <returns>Null when nothing was observed.</returns>
    public abstract JsonElement? Write(ObservedState observed);

    /// <exception cref="JsonException">It is not what was written.</exception>
    public abstract ObservedState Read(ObservedState observed, JsonElement part);

    private sealed class Typed<T>(string name, JsonTypeInfo<T> json) : ObservedPart(name)
        where T : class
    {
        public override Type Type => typeof(T);

        public override JsonElement? Write(ObservedState observed) => observed.Part<T>() is { } part ? JsonSerializer.SerializeToElement(part, json) : null;

        public override ObservedState Read(ObservedState observed, JsonElement part) => observed.With(part.Deserialize(json) ?? throw new JsonException($"{Name} is null"));
    }
}
