using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Hub;
using EdgeOperator.Core.Protocol.Hub;
using EdgeOperator.Core.Twins;
using EdgeOperator.Hub.Events;
using EdgeOperator.Hub.Identities;
using EdgeOperator.Hub.Registry;
using EdgeOperator.Hub.Security;
using EdgeOperator.Hub.Service;
using EdgeOperator.Hub.Storage;
using EdgeOperator.Hub.Twins;

namespace EdgeOperator.Hub.Provisioning;

/// <param name="Id">The hash of the device's public key, so that a device that asks again asks for the same.</param>
/// <param name="State"><c>Pending</c>, <c>Approved</c> or <c>Denied</c>.</param>
/// <param name="Certificate">PEM, once it is approved.</param>
internal sealed record EnrollmentRequest(string Id, string DeviceId, string Csr, JsonObject? Info, DateTimeOffset Created, string State, string? Certificate);

/// <summary>Devices that ask to join with a key of their own: an operator approves, the hub's CA signs.</summary>
internal sealed class EnrollmentRequests(
    IHubStore store, DeviceRegistry registry, DeviceTwins twins, HubEvents events, CertificateAuthority authority, HubConfiguration configuration, TimeProvider time) : IDisposable
{
    private const string Kind = "enrollmentRequest";
    private const string Pending = "Pending";
    private const int LongestInfo = 16 * 1024;

    /// <summary>Characters: ten times as many as one with an RSA key of 4096 bits has.</summary>
    private const int LongestCsr = 16 * 1024;

    // One at a time, so that no more than may wait are let in together; replicas may each let in one more.
    private readonly SemaphoreSlim _submitting = new(1);

    public void Dispose() => _submitting.Dispose();

    /// <summary>Notes a request; the same key asking again gets the state of what it asked before.</summary>
    /// <exception cref="ServiceException">It is no valid request, or too many wait.</exception>
    public async Task<EnrollmentRequest> SubmitAsync(string deviceId, string csr, JsonObject? info, CancellationToken cancellation)
    {
        if (!IdentityName.IsValid(deviceId))
            throw Invalid($"'{deviceId}' is no device's name");
        if (info?.ToJsonString().Length > LongestInfo)
            throw Invalid($"the system information is larger than {LongestInfo} bytes");
        var request = new EnrollmentRequest(IdOf(PublicKeyOf(csr)), deviceId, csr, info, time.GetUtcNow(), Pending, null);
        await _submitting.WaitAsync(cancellation);
        try
        {
            if (await FindAsync(request.Id, cancellation) is { } before)
                return before.DeviceId == deviceId ? before : throw Invalid("the key has been used for another device's request");
            if (await store.CountDocumentsAsync(Kind, Pending, cancellation) >= configuration.Enrollment.MaxPending)
                throw new ServiceException(ServiceError.ThrottlingException, "too many requests wait for an operator: try again later");
            await WriteAsync(request, null, cancellation);
            Note(EventTypes.EnrollmentRequested, request, "asks to join", null);
            return request;
        }
        finally
        {
            _submitting.Release();
        }
    }

    public async Task<EnrollmentRequest?> FindAsync(string id, CancellationToken cancellation) =>
        await store.FindDocumentAsync(Kind, id, cancellation) is { } document ? JsonSerializer.Deserialize<EnrollmentRequest>(document.Json) : null;

    /// <summary>In the order of their ids, read as far as somebody reads on.</summary>
    /// <param name="state">Null for all.</param>
    /// <param name="after">The last id that is known; empty for none.</param>
    /// <param name="rows">How many are read at once.</param>
    public IAsyncEnumerable<EnrollmentRequest> AllAsync(string? state, string after, int rows, CancellationToken cancellation) =>
        store.AllDocumentsAsync(Kind, rows, cancellation, after, state).Select(document => JsonSerializer.Deserialize<EnrollmentRequest>(document.Json)!);

    /// <summary>Creates the device and signs its certificate.</summary>
    /// <param name="labels">Become <c>tags.labels</c>.</param>
    /// <exception cref="ServiceException">There is no such request, it has been decided, the device exists, or a label is none.</exception>
    public async Task<EnrollmentRequest> ApproveAsync(string id, JsonObject? labels, string actor, CancellationToken cancellation)
    {
        var request = await PendingAsync(id, cancellation);
        if (labels is not null && TwinDevice.ProblemOf(labels) is { } problem)
            throw Invalid(problem);
        using var certificate = authority.IssueClient(request.Csr, request.DeviceId, configuration.Enrollment.CertificateValidity);
        var key = new IdentityKey(request.DeviceId);
        var identity = Credentials(certificate, null);
        identity["capabilities"] = new JsonObject { ["iotEdge"] = true };
        await registry.CreateAsync(key, identity, cancellation);
        try
        {
            if (labels is not null)
                await twins.PatchAsync(key, new() { ["labels"] = labels.DeepClone() }, null, null, cancellation);
        }
        catch (ServiceException)
        {
            // Labels that a twin can't hold leave the request as it was.
            await registry.RemoveAsync(key, null, CancellationToken.None);
            throw;
        }

        var approved = request with { State = "Approved", Certificate = certificate.ExportCertificatePem() };
        await WriteAsync(approved, "*", cancellation);
        Note(EventTypes.EnrollmentApproved, approved, "may join", actor);
        return approved;
    }

    /// <exception cref="ServiceException">There is no such request, or it has been decided.</exception>
    public async Task DenyAsync(string id, string actor, CancellationToken cancellation)
    {
        var denied = await PendingAsync(id, cancellation) with { State = "Denied" };
        await WriteAsync(denied, "*", cancellation);
        Note(EventTypes.EnrollmentDenied, denied, "may not join", actor);
    }

    /// <summary>Signs a new certificate for a device that shows its present one, which may have ended if the key stays the same.</summary>
    /// <returns>PEM.</returns>
    /// <exception cref="ServiceException">The certificate is not the device's, or too old.</exception>
    public async Task<string> RenewAsync(X509Certificate2 present, string csr, CancellationToken cancellation)
    {
        var key = new IdentityKey(present.GetNameInfo(X509NameType.SimpleName, forIssuer: false));
        var identity = await store.FindIdentityAsync(key, cancellation);
        var thumbprint = present.GetCertHashString(HashAlgorithmName.SHA256);
        if (identity is not { IsEnabled: true, Authentication: AuthenticationType.SelfSigned } || (identity.PrimaryThumbprint != thumbprint && identity.SecondaryThumbprint != thumbprint))
            throw new ServiceException(ServiceError.IotHubUnauthorizedAccess, "Unauthorized");
        var now = time.GetUtcNow();
        var hasEnded = now > present.NotAfter;
        if (hasEnded && (now > present.NotAfter + configuration.Enrollment.RenewalGrace || !PublicKeyOf(csr).SequenceEqual(present.PublicKey.ExportSubjectPublicKeyInfo())))
            throw new ServiceException(ServiceError.IotHubUnauthorizedAccess, "the certificate has ended too long ago, or another key asks: enroll anew");
        using var certificate = Sign(csr, key.DeviceId);

        // The present one stays valid until the device uses the new one and renews that in turn.
        await registry.UpdateAsync(key, Credentials(certificate, thumbprint), null, cancellation);
        return certificate.ExportCertificatePem();
    }

    private void Note(string type, EnrollmentRequest request, string what, string? actor) =>
        events.Add(type, new(request.DeviceId), $"{request.DeviceId} {what}", actor, new() { ["request"] = request.Id });

    private X509Certificate2 Sign(string csr, string deviceId)
    {
        PublicKeyOf(csr);
        return authority.IssueClient(csr, deviceId, configuration.Enrollment.CertificateValidity);
    }

    private async Task<EnrollmentRequest> PendingAsync(string id, CancellationToken cancellation)
    {
        var request = await FindAsync(id, cancellation) ?? throw new ServiceException(ServiceError.ResourceNotFound, $"there is no enrollment request {id}");
        return request.State == Pending ? request : throw new ServiceException(ServiceError.InvalidOperation, $"the request has been decided: {request.State}");
    }

    private Task<bool> WriteAsync(EnrollmentRequest request, string? expectedETag, CancellationToken cancellation) =>
        store.WriteDocumentAsync(new(Kind, request.Id, RegistryDocument.NewETag(), JsonSerializer.Serialize(request)) { Label = request.State }, expectedETag, cancellation);

    private static JsonObject Credentials(X509Certificate2 certificate, string? previous) => new()
    {
        ["authentication"] = new JsonObject
        {
            ["type"] = "selfSigned",
            ["x509Thumbprint"] = new JsonObject { ["primaryThumbprint"] = certificate.GetCertHashString(HashAlgorithmName.SHA256), ["secondaryThumbprint"] = previous },
        },
    };

    private static byte[] PublicKeyOf(string csr)
    {
        if (csr.Length > LongestCsr)
            throw Invalid($"csr is longer than {LongestCsr} characters");
        try
        {
            return CertificateRequest.LoadSigningRequestPem(csr, HashAlgorithmName.SHA256).PublicKey.ExportSubjectPublicKeyInfo();
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw Invalid($"csr is no certificate request in PEM with a good signature: {e.Message}");
        }
    }

    private static string IdOf(byte[] publicKey) => Convert.ToHexStringLower(SHA256.HashData(publicKey));

    private static ServiceException Invalid(string message) => new(ServiceError.ArgumentInvalid, message);
}
