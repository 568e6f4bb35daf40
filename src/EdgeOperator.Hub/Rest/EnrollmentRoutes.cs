using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Protocol.Hub;
using EdgeOperator.Core.Twins;
using EdgeOperator.Hub.Provisioning;
using EdgeOperator.Hub.Registry;
using EdgeOperator.Hub.Security;
using EdgeOperator.Hub.Service;

namespace EdgeOperator.Hub.Rest;

/// <summary>The provisioning service's own API: individual enrollments, groups, and who registered by them.</summary>
internal sealed class EnrollmentRoutes(Enrollments enrollments, Storage.IHubStore store, TimeProvider time)
{
    private const int MostInBulk = 100;

    public IEnumerable<ServiceRoute> Routes =>
    [
        new("PUT", "enrollments/{}", request => WriteAsync(request, Enrollments.Individual, "registrationId")),
        new("GET", "enrollments/{}", request => ReadAsync(request, Enrollments.Individual)),
        new("DELETE", "enrollments/{}", request => RemoveAsync(request, Enrollments.Individual)),
        new("POST", "enrollments/{}/attestationmechanism", request => ReadAttestationAsync(request, Enrollments.Individual)) { IsRead = true },
        new("PUT", "enrollmentGroups/{}", request => WriteAsync(request, Enrollments.Group, "enrollmentGroupId")),
        new("GET", "enrollmentGroups/{}", request => ReadAsync(request, Enrollments.Group)),
        new("DELETE", "enrollmentGroups/{}", request => RemoveAsync(request, Enrollments.Group)),
        new("POST", "enrollmentGroups/{}/attestationmechanism", request => ReadAttestationAsync(request, Enrollments.Group)) { IsRead = true },
        new("POST", "enrollments", request => BulkAsync(request, Enrollments.Individual, "registrationId", "enrollments")),
        new("POST", "enrollmentGroups", request => BulkAsync(request, Enrollments.Group, "enrollmentGroupId", "enrollmentGroups")),
        new("GET", "registrations/{}", ReadRegistrationAsync),
        new("DELETE", "registrations/{}", RemoveRegistrationAsync),
    ];

    private async Task WriteAsync(ServiceRequest request, string kind, string idName)
    {
        request.Need(Rights.Provisioning);
        var (body, etag) = await WriteAsync(kind, idName, request.Path[1], await request.BodyAsync(), request.Match, request.Aborted);
        await AnswerAsync(request, body, etag);
    }

    private async Task<(JsonObject Body, string ETag)> WriteAsync(string kind, string idName, string id, JsonObject given, string? match, CancellationToken cancellation)
    {
        if (!IdentityName.IsValid(id))
            throw Invalid($"'{id}' is no {idName}");
        var body = Checked(given);
        var now = TwinMetadata.Time(time.GetUtcNow());
        var before = await enrollments.FindAsync(kind, id, cancellation);
        body[idName] = id;
        body["createdDateTimeUtc"] = before?.Body["createdDateTimeUtc"]?.DeepClone() ?? now;
        body["lastUpdatedDateTimeUtc"] = now;
        body["provisioningStatus"] ??= "enabled";
        KeepKeys(body, before?.Body);
        var etag = RegistryDocument.NewETag();
        if (!await enrollments.WriteAsync(kind, id, body, etag, before is null ? null : match ?? "*", cancellation))
            throw new ServiceException(ServiceError.PreconditionFailed, $"{id} has been changed since it was read: its ETag is another one");
        return (body, etag);
    }

    /// <summary>Several enrollments by one request, each by itself.</summary>
    private async Task BulkAsync(ServiceRequest request, string kind, string idName, string listName)
    {
        request.Need(Rights.Provisioning);
        var body = await request.BodyAsync();
        var mode = RegistryDocument.Text(body, "mode") ?? "";
        if (body[listName] is not JsonArray { Count: > 0 and <= MostInBulk } items || items.Any(i => i is not JsonObject))
            throw Invalid($"'{listName}' is not an array of 1 to {MostInBulk} enrollments");
        var errors = new JsonArray();
        foreach (var item in items.Select(i => i!.DeepClone().AsObject()))
        {
            var id = RegistryDocument.Text(item, idName) ?? throw Invalid($"an enrollment has no {idName}");
            try
            {
                await WriteAsync(mode, kind, idName, id, item, request.Aborted);
            }
            catch (ServiceException e)
            {
                errors.Add(new JsonObject { [idName] = id, ["errorCode"] = (int)e.Error, ["errorStatus"] = $"{e.Error}: {e.Message}" });
            }
        }

        await request.WriteAsync(new JsonObject { ["isSuccessful"] = errors.Count == 0, ["errors"] = errors });
    }

    private async Task WriteAsync(string mode, string kind, string idName, string id, JsonObject item, CancellationToken cancellation)
    {
        var exists = await enrollments.FindAsync(kind, id, cancellation) is not null;
        var match = RegistryDocument.Text(item, "etag")?.Trim('"');
        item.Remove("etag");
        switch (mode.ToUpperInvariant())
        {
            case "CREATE" when exists:
                throw new ServiceException(ServiceError.DeviceAlreadyExists, $"there is an enrollment {id} already");
            case "CREATE":
                await WriteAsync(kind, idName, id, item, null, cancellation);
                break;
            case "UPDATE" or "UPDATEIFMATCHETAG" or "DELETE" when !exists:
                throw new ServiceException(ServiceError.ResourceNotFound, $"there is no enrollment {id}");
            case "UPDATE":
                await WriteAsync(kind, idName, id, item, null, cancellation);
                break;
            case "UPDATEIFMATCHETAG":
                await WriteAsync(kind, idName, id, item, match ?? throw Invalid($"the enrollment {id} has no etag"), cancellation);
                break;
            case "DELETE":
                await enrollments.RemoveAsync(kind, id, match, cancellation);
                break;
            default:
                throw Invalid($"the mode '{mode}' is none of create, update, updateIfMatchETag, delete");
        }
    }

    private async Task ReadAsync(ServiceRequest request, string kind)
    {
        request.Need(Rights.Provisioning);
        var (body, etag) = await FindAsync(request, kind);
        await AnswerAsync(request, Shown(body, etag), etag);
    }

    private async Task ReadAttestationAsync(ServiceRequest request, string kind)
    {
        request.Need(Rights.Provisioning);
        await request.WriteAsync((await FindAsync(request, kind)).Body["attestation"]!.DeepClone());
    }

    private async Task RemoveAsync(ServiceRequest request, string kind)
    {
        request.Need(Rights.Provisioning);
        await FindAsync(request, kind);
        if (!await enrollments.RemoveAsync(kind, request.Path[1], request.Match, request.Aborted))
            throw new ServiceException(ServiceError.PreconditionFailed, "it has been changed since it was read: its ETag is another one");
        request.Http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    // As the real service: keys are asked for apart.
    internal static JsonObject Shown(JsonObject body, string etag)
    {
        if (Enrollments.KeysOf(body) is not null)
            body["attestation"]!["symmetricKey"] = new JsonObject();
        body["etag"] = $"\"{etag}\"";
        return body;
    }

    private async Task ReadRegistrationAsync(ServiceRequest request)
    {
        request.Need(Rights.Provisioning);
        var document = await store.FindDocumentAsync(DeviceProvisioning.Registration, request.Path[1], request.Aborted)
            ?? throw new ServiceException(ServiceError.ResourceNotFound, "the device has not been registered");
        await request.WriteAsync(JsonNode.Parse(document.Json)!);
    }

    private async Task RemoveRegistrationAsync(ServiceRequest request)
    {
        request.Need(Rights.Provisioning);
        if (!await store.RemoveDocumentAsync(DeviceProvisioning.Registration, request.Path[1], request.Match, request.Aborted))
            throw new ServiceException(ServiceError.ResourceNotFound, "the device has not been registered");
        request.Http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task<(JsonObject Body, string ETag)> FindAsync(ServiceRequest request, string kind) =>
        await enrollments.FindAsync(kind, request.Path[1], request.Aborted) ?? throw new ServiceException(ServiceError.ResourceNotFound, $"there is no enrollment {request.Path[1]}");

    private static JsonObject Checked(JsonObject body)
    {
        var attestation = body["attestation"] as JsonObject ?? throw Invalid("'attestation' is missing");
        switch (RegistryDocument.Text(attestation, "type"))
        {
            case "symmetricKey":
                if (attestation["symmetricKey"] is not (null or JsonObject))
                    throw Invalid("attestation.symmetricKey is not an object");
                break;
            case "x509":
                CheckCertificates(attestation["x509"] as JsonObject ?? throw Invalid("attestation.x509 is missing"));
                break;
            case var type:
                throw new ServiceException(ServiceError.InvalidOperation, $"attestation of type '{type}' is not supported by this hub: use symmetricKey or x509");
        }

        CheckRegistration(body);
        return RegistryDocument.Text(body, "provisioningStatus") is null or "enabled" or "disabled" ? body : throw Invalid("provisioningStatus is neither enabled nor disabled");
    }

    private static void CheckCertificates(JsonObject x509)
    {
        foreach (var kind in (string[])["clientCertificates", "signingCertificates"])
            foreach (var name in (string[])["primary", "secondary"])
                if (RegistryDocument.Text(ObjectIn(ObjectIn(x509, kind), name), "certificate") is { Length: > 0 } text)
                    CheckCertificate(text, $"attestation.x509.{kind}.{name}");
    }

    // What a device's registration will read.
    private static void CheckRegistration(JsonObject body)
    {
        RegistryDocument.Text(body, "deviceId");
        ObjectIn(body, "capabilities");
        if (ObjectIn(body, "reprovisionPolicy")["migrateDeviceData"] is { } migrates && migrates.GetValueKind() is not (JsonValueKind.True or JsonValueKind.False))
            throw Invalid("reprovisionPolicy.migrateDeviceData is neither true nor false");
        var twin = ObjectIn(body, "initialTwin");
        ObjectIn(twin, "tags");
        var desired = ObjectIn(ObjectIn(twin, "properties"), "desired");
        if (TwinManifestCheck.Find([], desired, RegisteredKinds.All.Manifests) is { } problem)
            throw Invalid($"initialTwin: {problem}");
    }

    /// <returns>An empty object where there is none.</returns>
    private static JsonObject ObjectIn(JsonObject parent, string name) => parent[name] switch
    {
        null => [],
        JsonObject found => found,
        _ => throw Invalid($"'{name}' is not an object"),
    };

    private static void CheckCertificate(string text, string path)
    {
        try
        {
            Attestations.Read(text).Dispose();
        }
        catch (CryptographicException e)
        {
            throw Invalid($"{path} is no certificate: {e.Message}");
        }
    }

    private static void KeepKeys(JsonObject body, JsonObject? before)
    {
        if (body["attestation"]!["type"]!.GetValue<string>() != "symmetricKey")
            return;
        var keys = Enrollments.KeysOf(body) ?? [];
        foreach (var name in (string[])["primaryKey", "secondaryKey"])
        {
            var text = RegistryDocument.Text(keys, name) is { Length: > 0 } given ? given : (before is null ? null : Enrollments.KeysOf(before)?[name]?.GetValue<string>()) ?? Enrollments.NewKey();
            var bytes = new byte[text.Length];
            if (!Convert.TryFromBase64String(text, bytes, out var length) || length is < 16 or > 64)
                throw Invalid($"attestation.symmetricKey.{name} is not 16 to 64 bytes in Base64");
            keys[name] = text;
        }

        if (Enrollments.KeysOf(body) is null)
            body["attestation"]!["symmetricKey"] = keys;
    }

    private static async Task AnswerAsync(ServiceRequest request, JsonObject body, string etag)
    {
        body["etag"] = $"\"{etag}\"";
        await request.WriteAsync(body);
    }

    internal static ServiceException Invalid(string message) => new(ServiceError.ArgumentInvalid, message);
}
