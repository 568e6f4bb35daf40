namespace EdgeOperator.Core.Kinds.EdgeModule;

/// <summary>A setting of a container that somebody changed, as <c>docker update</c> does.</summary>
/// <param name="Name">As the engine's API names it.</param>
/// <param name="Created">What the container was created with; null for no limit.</param>
/// <param name="Actual">What it has now; null for no limit.</param>
public sealed record ChangedSetting(string Name, string? Created, string? Actual)
{
    // The API has a value for "no limit" for these alone; a missing value leaves the others as they are.
    private static readonly string[] Removable = ["CpuQuota", "PidsLimit", "RestartPolicy"];

    /// <summary>The engine has refused to change it back.</summary>
    public bool IsRefused { get; init; }

    /// <summary>Whether the engine can change it back on the same container; otherwise another one must take its place.</summary>
    public bool IsRestorable => !IsRefused && (Created is not null || Removable.Contains(Name));

    public static string Describe(IEnumerable<ChangedSetting> changes) =>
        $"somebody changed its {string.Join(", ", changes.Select(change => $"{change.Name} from {change.Created ?? "none"} to {change.Actual ?? "none"}"))}";
}
