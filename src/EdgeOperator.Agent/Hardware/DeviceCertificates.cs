using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Hardware;

/// <summary>The certificates that the agent's configuration names, and those that the device has enrolled for.</summary>
internal static class DeviceCertificates
{
    private const int LargestFile = 1024 * 1024;

    /// <summary>Of those that can be read, the first to expire in each file.</summary>
    /// <param name="enrolled">The file of the certificate that the device has enrolled for at a twin source, by the source's name.</param>
    public static ImmutableArray<CertificateStatus> Read(AgentConfiguration configuration, Func<string, string> enrolled) =>
        [.. Files(configuration, enrolled).Select(f => Read(f.Name, f.File, f.Renews)).OfType<CertificateStatus>()];

    /// <summary>Files that must be there. That of an enrollment is there once the device is enrolled.</summary>
    public static IEnumerable<(string Name, string File, bool Renews)> Files(AgentConfiguration configuration, Func<string, string> enrolled)
    {
        foreach (var source in configuration.Sources)
        {
            if (source is TwinSourceConfiguration twin)
            {
                if ((twin.CertificateFile ?? twin.Provisioning?.CertificateFile) is { } given)
                    yield return ($"the device at {twin.Hub}", given, false);
                else if (twin is { KeyFile: null, Provisioning: null } && File.Exists(enrolled(twin.Name)))
                    yield return ($"the device at {twin.Hub}", enrolled(twin.Name), true);
                if (twin.CaFile is { } authority)
                    yield return ($"the authority of {twin.Hub}", authority, false);
            }
            else if (source is GitSourceConfiguration { CaFile: { } trusted } git)
            {
                yield return ($"the authority of source {git.Name}", trusted, false);
            }
        }

        if (configuration.Functions.Publishing is { CertificateFile: { } publishing })
            yield return ("publishing of function apps", publishing, false);
    }

    /// <returns>Null when the file can't be read or holds no certificate.</returns>
    public static CertificateStatus? Read(string name, string file, bool renews)
    {
        try
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPem(ReferencedFile.ReadText(file, LargestFile));
            return certificates.OrderBy(c => c.NotAfter).FirstOrDefault() is { } first ? new(name, first.Subject, first.NotAfter.ToUniversalTime(), renews) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return null;
        }
    }
}
