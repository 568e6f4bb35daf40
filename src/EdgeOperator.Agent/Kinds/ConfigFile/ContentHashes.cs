using System.Security.Cryptography;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Kinds.ConfigFile;

/// <summary>Hashes of files' contents, read again only when the file system says that a file changed.</summary>
internal sealed class ContentHashes(TimeProvider time)
{
    /// <summary>A file that changed so lately may change again without its time changing.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, (FileSignature Signature, string Hash)> _known = new(StringComparer.Ordinal);

    /// <summary>SHA-256 in lower-case hex of a file that exists.</summary>
    public string Of(ResolvedPath place)
    {
        var status = place.Status!.Value;
        lock (_known)
        {
            if (_known.TryGetValue(place.Path, out var known) && known.Signature == status.Signature)
                return known.Hash;
        }

        string hash;
        using (var content = place.OpenRead())
        {
            hash = Convert.ToHexStringLower(SHA256.HashData(content));
        }

        if (time.GetUtcNow() - status.Changed > Settled)
        {
            lock (_known)
            {
                _known[place.Path] = (status.Signature, hash);
            }
        }

        return hash;
    }

    /// <summary>Forgets all files but these.</summary>
    public void Keep(IReadOnlySet<string> paths)
    {
        lock (_known)
        {
            foreach (var gone in _known.Keys.Where(p => !paths.Contains(p)).ToList())
            {
                _known.Remove(gone);
            }
        }
    }
}
