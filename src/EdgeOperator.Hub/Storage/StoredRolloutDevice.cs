namespace EdgeOperator.Hub.Storage;

/// <summary>What a fleet's rollout remembers of a device.</summary>
/// <param name="State">As a number, for filters.</param>
/// <param name="Json">All of it.</param>
internal sealed record StoredRolloutDevice(string DeviceId, int Batch, int State, string Json);
