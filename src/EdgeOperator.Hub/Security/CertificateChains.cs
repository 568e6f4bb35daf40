using System.Security.Cryptography.X509Certificates;

namespace EdgeOperator.Hub.Security;

/// <summary>Checks certificates against given roots alone; what the machine trusts does not count.</summary>
internal static class CertificateChains
{
    public static bool IsSignedBy(X509Certificate2 certificate, IEnumerable<X509Certificate2> roots, DateTimeOffset now) =>
        IsSignedBy(certificate, roots, now, purpose: "1.3.6.1.5.5.7.3.2");

    public static bool IsServerSignedBy(X509Certificate2 certificate, IEnumerable<X509Certificate2> roots, DateTimeOffset now) =>
        IsSignedBy(certificate, roots, now, purpose: "1.3.6.1.5.5.7.3.1");

    private static bool IsSignedBy(X509Certificate2 certificate, IEnumerable<X509Certificate2> roots, DateTimeOffset now, string purpose)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        foreach (var root in roots)
            chain.ChainPolicy.CustomTrustStore.Add(root);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        chain.ChainPolicy.VerificationTimeIgnored = false;
        chain.ChainPolicy.ApplicationPolicy.Add(new(purpose));
        return chain.Build(certificate);
    }
}
