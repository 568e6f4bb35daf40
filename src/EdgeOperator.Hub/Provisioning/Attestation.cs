using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Protocol.Hub;
using EdgeOperator.Hub.Security;

namespace EdgeOperator.Hub.Provisioning;

/// <summary>A device has proved that it belongs to an enrollment.</summary>
/// <param name="GroupId">Null for an individual enrollment.</param>
/// <param name="Keys">The device's keys, of which it has one; empty for a certificate.</param>
/// <param name="Certificate">Null for keys.</param>
internal sealed record Attestation(string RegistrationId, string? GroupId, JsonObject Enrollment, byte[][] Keys, X509Certificate2? Certificate);

/// <summary>Finds the enrollment that a device belongs to, and checks its proof: a token by a symmetric key, or a client certificate.</summary>
internal sealed class Attestations(Enrollments enrollments, TimeProvider time)
{
    /// <returns>Null when no enrollment that is enabled accepts the proof.</returns>
    public async Task<Attestation?> AttestAsync(string idScope, string registrationId, string? password, X509Certificate2? certificate, CancellationToken cancellation)
    {
        if (!IdentityName.IsValid(registrationId))
            return null;
        var token = string.IsNullOrEmpty(password) ? null : SasToken.Parse(password);
        if (token is not null && (time.GetUtcNow() - Access.ClockSkew > token.Expires || !SasResource.Covers(token.Resource, idScope, isEncodedTwice: true, "registrations", registrationId)))
            return null;
        if (token is null && (certificate is null || certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false) != registrationId))
            return null;

        // An individual enrollment decides alone: a group must not let in what it keeps out.
        if (await enrollments.FindAsync(Enrollments.Individual, registrationId, cancellation) is { } individual)
            return AttestIndividual(individual.Body, registrationId, token, certificate);
        await foreach (var (group, _) in enrollments.AllAsync(Enrollments.Group, cancellation))
            if (AttestByGroup(group, registrationId, token, certificate) is { } attestation)
                return attestation;
        return null;
    }

    private Attestation? AttestIndividual(JsonObject enrollment, string registrationId, SasToken? token, X509Certificate2? certificate)
    {
        if (!IsEnabled(enrollment))
            return null;
        if (token is not null)
        {
            var keys = Enrollments.KeysIn(enrollment);
            return keys.Any(key => token.IsSignedBy(key)) ? new(registrationId, null, enrollment, keys, null) : null;
        }

        return IsValid(certificate!) && Certificates(enrollment, "clientCertificates").Any(c => c.RawData.AsSpan().SequenceEqual(certificate!.RawData))
            ? new(registrationId, null, enrollment, [], certificate)
            : null;
    }

    private Attestation? AttestByGroup(JsonObject group, string registrationId, SasToken? token, X509Certificate2? certificate)
    {
        if (!IsEnabled(group))
            return null;
        var id = group["enrollmentGroupId"]!.GetValue<string>();
        if (token is not null)
        {
            byte[][] keys = [.. Enrollments.KeysIn(group).Select(key => GroupKey.Derive(key, registrationId))];
            return keys.Any(key => token.IsSignedBy(key)) ? new(registrationId, id, group, keys, null) : null;
        }

        var roots = Certificates(group, "signingCertificates");
        return roots.Count > 0 && CertificateChains.IsSignedBy(certificate!, roots, time.GetUtcNow()) ? new(registrationId, id, group, [], certificate) : null;
    }

    private bool IsValid(X509Certificate2 certificate) => time.GetUtcNow() is var now && now >= certificate.NotBefore && now <= certificate.NotAfter;

    private static bool IsEnabled(JsonObject enrollment) => enrollment["provisioningStatus"]?.GetValue<string>() != "disabled";

    private static List<X509Certificate2> Certificates(JsonObject enrollment, string kind)
    {
        var certificates = new List<X509Certificate2>();
        if (enrollment["attestation"]?["x509"]?[kind] is not JsonObject given)
            return certificates;
        foreach (var name in (string[])["primary", "secondary"])
            if (given[name] is JsonObject one && one["certificate"] is JsonValue value && value.TryGetValue<string>(out var text) && text.Length > 0)
                certificates.Add(Read(text));
        return certificates;
    }

    /// <summary>Reads a certificate in PEM, or in DER as Base64.</summary>
    /// <exception cref="CryptographicException">It is none.</exception>
    internal static X509Certificate2 Read(string text)
    {
        try
        {
            return text.Contains("-----BEGIN", StringComparison.Ordinal) ? X509Certificate2.CreateFromPem(text) : X509CertificateLoader.LoadCertificate(Convert.FromBase64String(text));
        }
        catch (FormatException e)
        {
            throw new CryptographicException("it is neither PEM nor Base64", e);
        }
    }
}
