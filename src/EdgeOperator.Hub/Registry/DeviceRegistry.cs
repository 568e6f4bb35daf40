using System.Globalization;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Protocol.Hub;
using EdgeOperator.Core.Twins;
using EdgeOperator.Hub.Events;
using EdgeOperator.Hub.Figures;
using EdgeOperator.Hub.Identities;
using EdgeOperator.Hub.Service;
using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Registry;

/// <summary>Creates, changes and removes identities.</summary>
internal sealed class DeviceRegistry(IHubStore store, DeviceFigures figures, HubEvents events, TimeProvider time)
{
    /// <summary>Modules of one device, as IoT Hub limits them.</summary>
    private const int MostModules = 50;

    /// <exception cref="ServiceException">There is none.</exception>
    public async Task<IdentityRow> GetAsync(IdentityKey key, CancellationToken cancellation) =>
        await store.FindRowAsync(key, cancellation) ?? throw await NotFoundAsync(key, cancellation);

    /// <summary>Creates an identity with an empty twin.</summary>
    /// <exception cref="ServiceException">It exists, or what is asked for is not allowed.</exception>
    public async Task<IdentityRow> CreateAsync(IdentityKey key, JsonObject document, CancellationToken cancellation)
    {
        Check(key);
        var now = time.GetUtcNow();
        var identity = RegistryDocument.Read(document, New(key, now), now);
        if (key.IsModule && await store.FindIdentityAsync(key.Device, cancellation) is null)
            throw await NotFoundAsync(key.Device, cancellation);
        if (key.IsModule && (await store.ListModulesAsync(key.DeviceId, cancellation)).Count >= MostModules)
            throw new ServiceException(ServiceError.TooManyModulesOnDevice, $"the device {key.DeviceId} has {MostModules} modules already");
        if (!await store.AddAsync(identity, Twin.Initial, cancellation))
            throw new ServiceException(
                key.IsModule ? ServiceError.ModuleAlreadyExistsOnDevice : ServiceError.DeviceAlreadyExists,
                key.IsModule ? $"A module with ID '{key.ModuleId}' on the device '{key.DeviceId}' is already registered." : $"A device with ID '{key.DeviceId}' is already registered.");
        events.Add(EventTypes.DeviceCreated, key, $"{key} was registered");
        if (identity.IsEdge)
            foreach (var runtime in (string[])["$edgeAgent", "$edgeHub"])
                await EnsureAsync(key with { ModuleId = runtime }, new() { ["managedBy"] = "IotEdge" }, cancellation);
        return await GetAsync(key, cancellation);
    }

    /// <param name="match">The ETag that it must have; null for any.</param>
    /// <exception cref="ServiceException">There is none, it has another ETag, or what is asked for is not allowed.</exception>
    public async Task<IdentityRow> UpdateAsync(IdentityKey key, JsonObject document, string? match, CancellationToken cancellation)
    {
        while (true)
        {
            var before = await GetAsync(key, cancellation);
            if (match is not null && match != before.Identity.ETag)
                throw PreconditionFailed(key);
            var changed = RegistryDocument.Read(document, before.Identity, time.GetUtcNow()) with { ETag = RegistryDocument.NewETag() };
            if (await store.UpdateAsync(changed, before.Identity.ETag, cancellation))
                return await GetAsync(key, cancellation);
        }
    }

    /// <summary>Creates what is not there, and takes what is.</summary>
    public async Task EnsureAsync(IdentityKey key, JsonObject document, CancellationToken cancellation)
    {
        Check(key);
        var now = time.GetUtcNow();
        if (await store.AddAsync(RegistryDocument.Read(document, New(key, now), now), Twin.Initial, cancellation))
            events.Add(EventTypes.DeviceCreated, key, $"{key} was registered");
    }

    /// <param name="match">The ETag that it must have; null for any.</param>
    /// <exception cref="ServiceException">There is none, or it has another ETag.</exception>
    public async Task RemoveAsync(IdentityKey key, string? match, CancellationToken cancellation)
    {
        if (await store.RemoveAsync(key, match, cancellation))
        {
            events.Add(EventTypes.DeviceRemoved, key, $"{key} was removed");
            if (!key.IsModule)
                await figures.ForgetAsync(key.DeviceId, cancellation);
            return;
        }

        throw await store.FindIdentityAsync(key, cancellation) is null ? await NotFoundAsync(key, cancellation) : PreconditionFailed(key);
    }

    public Task<IReadOnlyList<IdentityRow>> ListDevicesAsync(int limit, CancellationToken cancellation) => store.ListDevicesAsync(limit, cancellation);

    /// <exception cref="ServiceException">There is no such device.</exception>
    public async Task<IReadOnlyList<IdentityRow>> ListModulesAsync(string deviceId, CancellationToken cancellation)
    {
        await GetAsync(new(deviceId), cancellation);
        return await store.ListModulesAsync(deviceId, cancellation);
    }

    public Task<IdentityCounts> CountAsync(CancellationToken cancellation) => store.CountAsync(cancellation);

    private async Task<ServiceException> NotFoundAsync(IdentityKey key, CancellationToken cancellation) =>
        key.IsModule && await store.FindIdentityAsync(key.Device, cancellation) is not null
            ? new(ServiceError.ModuleNotFound, $"{key} is not registered")
            : new(ServiceError.DeviceNotFound, $"{key.DeviceId} is not registered");

    private static ServiceException PreconditionFailed(IdentityKey key) => new(ServiceError.PreconditionFailed, $"{key} has been changed since it was read: its ETag is another one");

    private static Identity New(IdentityKey key, DateTimeOffset now) =>
        new(key, now.UtcTicks.ToString(CultureInfo.InvariantCulture), RegistryDocument.NewETag());

    private static void Check(IdentityKey key)
    {
        foreach (var name in key.IsModule ? [key.DeviceId, key.ModuleId] : new[] { key.DeviceId })
            if (!IdentityName.IsValid(name))
                throw new ServiceException(ServiceError.ArgumentInvalid, $"the name '{name}' is not 1 to {IdentityName.MaxLength} letters, digits or characters of - . + % _ # * ? ! ( ) , : = @ $ '");
    }
}
