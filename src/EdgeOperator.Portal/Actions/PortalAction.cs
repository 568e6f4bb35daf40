using System.Text.Json.Nodes;
using EdgeOperator.Portal.Hub;

namespace EdgeOperator.Portal.Actions;

/// <summary>
/// Something that a user can do with a button: the call of the hub's API that does it, and the command line that does the same.
/// There is no other way by which the portal changes anything.
/// </summary>
/// <param name="Name">In forms.</param>
/// <param name="Label">On the button.</param>
/// <param name="Least">Who sees the button. Whether it may be pressed is the API's business.</param>
public sealed record PortalAction(string Name, string Label, HubRole Least, Func<ActionInput, HubCall> Call, Func<ActionInput, string> Command)
{
    /// <summary>What is said once it is done.</summary>
    public required Func<ActionInput, JsonNode?, string> Done { get; init; }

    /// <summary>What is wrong although the hub has answered; null for nothing.</summary>
    public Func<JsonNode?, string?> Problem { get; init; } = _ => null;

    /// <summary>It can't be taken back, so that it is asked for twice.</summary>
    public bool IsFinal { get; init; }

    /// <summary>It is about the hub as a whole, so that a role that is limited to fleets does not do.</summary>
    public bool IsOfHub { get; init; }

    /// <summary>Something that is shown this once, such as a password: its name, and where it stands in the answer.</summary>
    public (string Name, string Field)? Secret { get; init; }

    /// <summary>All of them.</summary>
    public static IReadOnlyDictionary<string, PortalAction> All { get; } =
        ((PortalAction[])[.. DeviceActions.All, .. EnrollmentActions.All, .. RolloutActions.All, .. RepositoryActions.All, .. AlertActions.All, .. ViewActions.All, .. AccessActions.All]).ToDictionary(a => a.Name, StringComparer.Ordinal);
}

/// <summary>What a form sends along with an action.</summary>
public sealed class ActionInput(IEnumerable<KeyValuePair<string, string>> fields)
{
    private readonly Dictionary<string, string> _fields = new(fields, StringComparer.Ordinal);

    /// <exception cref="ActionInputException">It is missing.</exception>
    public string this[string name] => Optional(name) ?? throw new ActionInputException($"{name} is missing");

    /// <returns>Null for what is absent or blank.</returns>
    public string? Optional(string name) => _fields.GetValueOrDefault(name)?.Trim() is { Length: > 0 } value ? value : null;
}

/// <summary>What was typed can't be meant.</summary>
public sealed class ActionInputException(string message) : Exception(message);
