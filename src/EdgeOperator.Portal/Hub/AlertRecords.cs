namespace EdgeOperator.Portal.Hub;

/// <param name="Receivers">Who is told.</param>
public sealed record HubAlertList(IReadOnlyList<HubAlert> Items, IReadOnlyList<string> Receivers, string? Continuation = null);

/// <param name="OfRollouts">It is about fleets, and not about devices.</param>
public sealed record HubAlert(
    string Name, string Rule, string Severity, string Status, DateTime Started, DateTime? Ended, int Count, string Summary, bool OfRollouts, IReadOnlyList<HubAffected> Affected, IReadOnlyList<HubDelivery> Deliveries);

public sealed record HubAffected(string Name, DateTime Since, string? Detail);

public sealed record HubDelivery(string Receiver, string? Told, DateTime At, string? Problem);
