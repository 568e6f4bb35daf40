namespace EdgeOperator.Core.Kinds.EdgeModule.Compiling;

/// <summary>What a value in the engine's create request may be. The hierarchy is closed; a null is fine everywhere.</summary>
internal abstract record Shape
{
    private Shape(string expected) => Expected = expected;

    /// <summary>What is expected, for messages: <c>a port such as 80/tcp</c>.</summary>
    public string Expected { get; }

    public sealed record Flag() : Shape("true or false");

    /// <summary>A whole number.</summary>
    public sealed record Number(Func<long, bool> Holds, string What) : Shape(What);

    public sealed record Text(Func<string, bool> Holds, string What) : Shape(What);

    /// <summary>A list of strings, or one string that stands for a list of one.</summary>
    public sealed record Words() : Shape("a string or a list of strings");

    public sealed record List(Shape Item) : Shape("a list");

    /// <summary>Keys that the user chooses.</summary>
    public sealed record Map(Text Key, Shape Value) : Shape("a mapping");

    /// <summary>Keys that the engine knows; it matches them without regard to case.</summary>
    public sealed record Struct : Shape
    {
        private readonly Dictionary<string, (string Name, Shape Shape)> _fields;

        public Struct(params (string Name, Shape Shape)[] fields)
            : base("a mapping") => _fields = fields.ToDictionary(known => known.Name, StringComparer.OrdinalIgnoreCase);

        public IEnumerable<string> Names => _fields.Values.Select(known => known.Name);

        /// <summary>The field in the engine's own spelling; false when the engine may not know it.</summary>
        public bool TryFind(string name, out (string Name, Shape Shape) known) => _fields.TryGetValue(name, out known);
    }
}
