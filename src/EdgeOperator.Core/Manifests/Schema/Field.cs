using EdgeOperator.Core.Manifests.Nodes;

namespace EdgeOperator.Core.Manifests.Schema;

/// <summary>A field of a mapping.</summary>
/// <param name="Description">One or two sentences for people, shown by editors.</param>
internal sealed record Field(string Name, FieldType Type, string Description)
{
    private readonly Lazy<Node>? _default;

    public bool Required { get; init; }

    /// <summary>What an absent field means, as a user would write it in YAML; null when absence has a meaning of its own.</summary>
    public string? Default
    {
        get;
        init
        {
            field = value;
            _default = new(() => Parse(value!));
        }
    }

    /// <summary><see cref="Default"/> as a node.</summary>
    public Node? DefaultNode => _default?.Value;

    private static Node Parse(string yaml) =>
        YamlReader.Read(new("default", System.Text.Encoding.UTF8.GetBytes(yaml)), new())[0];
}
