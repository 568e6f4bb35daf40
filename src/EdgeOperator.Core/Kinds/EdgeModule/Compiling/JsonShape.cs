namespace EdgeOperator.Core.Kinds.EdgeModule.Compiling;

/// <summary>What a value in the engine's create request may be. The hierarchy is closed; a null is fine everywhere.</summary>
internal abstract record JsonShape
{
    private JsonShape(string expected) => Expected = expected;

    /// <summary>What is expected, for messages: <c>a port such as 80/tcp</c>.</summary>
    public string Expected { get; }

    public sealed record Flag() : JsonShape("true or false");

    /// <summary>A whole number.</summary>
    public sealed record Number(Func<long, bool> Holds, string What) : JsonShape(What);

    public sealed record Text(Func<string, bool> Holds, string What) : JsonShape(What);

    /// <summary>A list of strings, or one string that stands for a list of one.</summary>
    /// <param name="Item">What each string must be; null for any.</param>
    public sealed record Words(Text? Item = null) : JsonShape("a string or a list of strings");

    public sealed record List(JsonShape Item) : JsonShape("a list");

    /// <summary>Keys that the user chooses.</summary>
    public sealed record Map(Text Key, JsonShape Value) : JsonShape("a mapping");

    /// <summary>Keys that the engine knows; it matches them without regard to case.</summary>
    public sealed record Struct : JsonShape
    {
        private readonly Dictionary<string, (string Name, JsonShape Shape)> _fields;

        public Struct(params (string Name, JsonShape Shape)[] fields)
            : base("a mapping") => _fields = fields.ToDictionary(known => known.Name, StringComparer.OrdinalIgnoreCase);

        public IEnumerable<string> Names => _fields.Values.Select(known => known.Name);

        /// <summary>The field in the engine's own spelling; false when the engine may not know it.</summary>
        public bool TryFind(string name, out (string Name, JsonShape Shape) known) => _fields.TryGetValue(name, out known);
    }
}
