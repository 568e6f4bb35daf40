using System.Security.Cryptography.X509Certificates;

namespace EdgeOperator.Platform.Sockets;

/// <summary>Trust in some certificate authorities in place of the system's.</summary>
public static class TrustedRoots
{
    /// <summary>For the TLS of a client. Nobody is asked for revocations: devices may be offline, and private authorities seldom answer.</summary>
    public static X509ChainPolicy Only(X509Certificate2Collection roots)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(roots);
        return policy;
    }
}
