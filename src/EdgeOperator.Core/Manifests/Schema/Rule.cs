using System.Collections.Immutable;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests.Nodes;

namespace EdgeOperator.Core.Manifests.Schema;

/// <summary>A rule about which fields of a mapping may stand together. The hierarchy is closed.</summary>
internal abstract record Rule(ImmutableArray<string> Names)
{
    public abstract void Check(MapNode map, FieldContext context);

    /// <summary>What JSON Schema adds to an object for this rule.</summary>
    public abstract JsonObject ToJsonSchema();

    protected string Choices => string.Join(", ", Names.Select(n => $"`{n}`"));

    protected MapEntry[] Present(MapNode map) => [.. Names.Where(n => map.Given(n) is not null).Select(n => map.Find(n)!)];

    protected JsonArray EachRequired() => new([.. Names.Select(Required)]); // Not [..]: that calls a generic Add, which is not trim-safe.

    protected JsonObject None() => new() { ["not"] = new JsonObject { ["anyOf"] = EachRequired() } };

    protected static JsonObject Required(string name) => new() { ["required"] = new JsonArray(name) };

    protected static string Subject(FieldContext context) => context.Path.Length == 0 ? "the document" : context.Path;

    public sealed record ExactlyOne(params ImmutableArray<string> Names) : Rule(Names)
    {
        public override void Check(MapNode map, FieldContext context)
        {
            var present = Present(map);
            if (present.Length == 0)
                context.Problems.Add(map.Where, $"{Subject(context)} needs one of {Choices}", "add one of them");
            foreach (var extra in present.Skip(1))
                context.Problems.Add(extra.KeyWhere, $"{Subject(context)} takes only one of {Choices}", "keep one of them");
        }

        public override JsonObject ToJsonSchema() => new() { ["oneOf"] = EachRequired() };
    }

    public sealed record AtMostOne(params ImmutableArray<string> Names) : Rule(Names)
    {
        public override void Check(MapNode map, FieldContext context)
        {
            foreach (var extra in Present(map).Skip(1))
                context.Problems.Add(extra.KeyWhere, $"{Subject(context)} takes only one of {Choices}", "keep one of them");
        }

        public override JsonObject ToJsonSchema() =>
            new() { ["oneOf"] = new JsonArray([.. Names.Select(Required), None()]) };
    }

    public sealed record AtLeastOne(params ImmutableArray<string> Names) : Rule(Names)
    {
        public override void Check(MapNode map, FieldContext context)
        {
            if (Present(map).Length == 0)
                context.Problems.Add(map.Where, $"{Subject(context)} needs at least one of {Choices}", "add one of them");
        }

        public override JsonObject ToJsonSchema() => new() { ["anyOf"] = EachRequired() };
    }

    /// <summary>Fields of which each needs the others.</summary>
    public sealed record AllOrNone(params ImmutableArray<string> Names) : Rule(Names)
    {
        public override void Check(MapNode map, FieldContext context)
        {
            var present = Present(map);
            foreach (var missing in present.Length == 0 ? [] : Names.Where(name => map.Given(name) is null))
                context.Problems.Add(present[0].KeyWhere, $"{Subject(context)} has `{present[0].Key}` without `{missing}`", $"add `{missing}`");
        }

        public override JsonObject ToJsonSchema() =>
            new() { ["anyOf"] = new JsonArray(new JsonObject { ["required"] = new JsonArray([.. Names.Select(n => JsonValue.Create(n))]) }, None()) };
    }

    /// <summary>Fields that mean nothing unless another field has one of some words, and one of which it then needs.</summary>
    public sealed record OnlyWhen(string Field, ImmutableArray<string> Words, params ImmutableArray<string> Names) : Rule(Names)
    {
        public override void Check(MapNode map, FieldContext context)
        {
            var present = Present(map);
            var applies = map.Given(Field) is ScalarNode { Text: var text } && Words.Contains(text);
            if (applies && present.Length == 0)
                context.Problems.Add(map.Where, $"{Subject(context)} needs {Choices} when `{Field}` is {Any}", "add it");
            if (!applies && present.Length > 0)
                context.Problems.Add(present[0].KeyWhere, $"{Choices} in {Subject(context)} has no effect unless `{Field}` is {Any}", $"write `{Field}: {Words[0]}`, or remove it");
        }

        public override JsonObject ToJsonSchema() => new()
        {
            ["if"] = new JsonObject
            {
                ["required"] = new JsonArray(Field),
                ["properties"] = new JsonObject { [Field] = new JsonObject { ["enum"] = new JsonArray([.. Words.Select(w => JsonValue.Create(w))]) } },
            },
            ["then"] = new JsonObject { ["anyOf"] = EachRequired() },
            ["else"] = None(),
        };

        private string Any => string.Join(" or ", Words.Select(w => $"`{w}`"));
    }
}
