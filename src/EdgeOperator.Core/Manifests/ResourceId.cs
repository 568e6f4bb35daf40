namespace EdgeOperator.Core.Manifests;

/// <summary>A resource's identity on a device, written <c>Kind/name</c>.</summary>
public readonly record struct ResourceId(string Kind, string Name) : IComparable<ResourceId>
{
    /// <summary>Reads <c>Kind/name</c>; false when either half is missing.</summary>
    public static bool TryParse(string? text, out ResourceId id)
    {
        var slash = text?.IndexOf('/') ?? -1;
        id = slash > 0 && slash < text!.Length - 1 ? new(text[..slash], text[(slash + 1)..]) : default;
        return id.Kind is not null;
    }

    public int CompareTo(ResourceId other) =>
        string.CompareOrdinal(Kind, other.Kind) is var byKind and not 0 ? byKind : string.CompareOrdinal(Name, other.Name);

    public override string ToString() => $"{Kind}/{Name}";
}
