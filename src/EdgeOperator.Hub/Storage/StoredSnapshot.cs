namespace EdgeOperator.Hub.Storage;

/// <summary>What a device has sent of itself, for planning.</summary>
/// <param name="At">When it came, by the hub's clock.</param>
/// <param name="Body">The document, gzipped.</param>
internal sealed record StoredSnapshot(string DeviceId, DateTimeOffset At, string ETag, byte[] Body);
