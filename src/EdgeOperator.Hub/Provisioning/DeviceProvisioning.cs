using System.Security.Cryptography;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Hub;
using EdgeOperator.Core.Twins;
using EdgeOperator.Hub.Identities;
using EdgeOperator.Hub.Registry;
using EdgeOperator.Hub.Service;
using EdgeOperator.Hub.Storage;
using EdgeOperator.Hub.Twins;

namespace EdgeOperator.Hub.Provisioning;

/// <summary>Makes devices of those that have proved to belong to an enrollment, all of them on this hub.</summary>
internal sealed class DeviceProvisioning(IHubStore store, DeviceRegistry registry, DeviceTwins twins, ChangeFeed changes, HubConfiguration configuration, TimeProvider time)
{
    public const string Registration = "registration";

    /// <returns>The registration's state.</returns>
    /// <exception cref="ServiceException">The device can't be registered.</exception>
    public async Task<JsonObject> RegisterAsync(Attestation attestation, CancellationToken cancellation)
    {
        var enrollment = attestation.Enrollment;
        var key = new IdentityKey(enrollment["deviceId"]?.GetValue<string>() is { Length: > 0 } given ? given : attestation.RegistrationId);
        var before = await store.FindDocumentAsync(Registration, attestation.RegistrationId, cancellation);
        var existing = await store.FindIdentityAsync(key, cancellation);
        string substatus;
        if (existing is null)
        {
            await CreateAsync(key, attestation, cancellation);
            substatus = "initialAssignment";
        }
        else if (before is null || JsonNode.Parse(before.Json)!["deviceId"]?.GetValue<string>() != key.DeviceId)
        {
            throw new ServiceException(ServiceError.DeviceAlreadyExists, $"the device {key} exists already, and not by this registration: remove it first");
        }
        else
        {
            substatus = await RenewAsync(existing, attestation, cancellation);
        }

        var state = State(attestation, key, substatus, before);
        await store.WriteDocumentAsync(new(Registration, attestation.RegistrationId, state["etag"]!.GetValue<string>(), state.ToJsonString()) { Label = attestation.GroupId }, before is null ? null : "*", cancellation);
        return state;
    }

    /// <returns>Null when it has not been registered.</returns>
    public async Task<JsonObject?> FindAsync(string registrationId, CancellationToken cancellation) =>
        await store.FindDocumentAsync(Registration, registrationId, cancellation) is { } document ? JsonNode.Parse(document.Json)!.AsObject() : null;

    private async Task CreateAsync(IdentityKey key, Attestation attestation, CancellationToken cancellation)
    {
        var document = Credentials(attestation);
        document["capabilities"] = attestation.Enrollment["capabilities"]?.DeepClone();
        await registry.CreateAsync(key, document, cancellation);
        await WriteInitialTwinAsync(key, attestation, cancellation);
    }

    private async Task<string> RenewAsync(Identity identity, Attestation attestation, CancellationToken cancellation)
    {
        // A device that provisions itself at each start keeps its connection when nothing has changed.
        var renewed = RegistryDocument.Read(Credentials(attestation), identity, time.GetUtcNow());
        if (!HaveSameCredentials(identity, renewed))
            await registry.UpdateAsync(identity.Key, Credentials(attestation), null, cancellation);
        changes.Wake();
        var migrates = attestation.Enrollment["reprovisionPolicy"]?["migrateDeviceData"]?.GetValue<bool>() ?? true;
        if (migrates)
            return "deviceDataMigrated";
        await WriteInitialTwinAsync(identity.Key, attestation, cancellation);
        return "deviceDataReset";
    }

    private async Task WriteInitialTwinAsync(IdentityKey key, Attestation attestation, CancellationToken cancellation)
    {
        if (attestation.Enrollment["initialTwin"] is JsonObject initial)
            await twins.ReplaceAsync(key, initial["tags"] as JsonObject, initial["properties"]?["desired"] as JsonObject, null, cancellation);
    }

    private static bool HaveSameCredentials(Identity left, Identity right) =>
        left.Authentication == right.Authentication && left.PrimaryThumbprint == right.PrimaryThumbprint
        && left.PrimaryKey.AsSpan().SequenceEqual(right.PrimaryKey) && left.SecondaryKey.AsSpan().SequenceEqual(right.SecondaryKey);

    private static JsonObject Credentials(Attestation attestation) => new()
    {
        ["authentication"] = attestation.Certificate is { } certificate
            ? new JsonObject { ["type"] = "selfSigned", ["x509Thumbprint"] = new JsonObject { ["primaryThumbprint"] = certificate.GetCertHashString(HashAlgorithmName.SHA256) } }
            : new JsonObject
            {
                ["type"] = "sas",
                ["symmetricKey"] = new JsonObject { ["primaryKey"] = Convert.ToBase64String(attestation.Keys[0]), ["secondaryKey"] = Convert.ToBase64String(attestation.Keys[1]) },
            },
    };

    private JsonObject State(Attestation attestation, IdentityKey key, string substatus, Document? before)
    {
        var now = TwinMetadata.Time(time.GetUtcNow());
        return new()
        {
            ["registrationId"] = attestation.RegistrationId,
            ["createdDateTimeUtc"] = before is null ? now : JsonNode.Parse(before.Json)!["createdDateTimeUtc"]!.DeepClone(),
            ["assignedHub"] = configuration.HostName,
            ["deviceId"] = key.DeviceId,
            ["enrollmentGroupId"] = attestation.GroupId,
            ["status"] = "assigned",
            ["substatus"] = substatus,
            ["lastUpdatedDateTimeUtc"] = now,
            ["etag"] = RegistryDocument.NewETag(),
        };
    }
}
