using System.Collections.Concurrent;
using System.Security.Cryptography;
using EdgeOperator.Agent.Secrets;
using EdgeOperator.Core.Kinds.ConfigFile;

namespace EdgeOperator.Agent.Kinds.ConfigFile;

/// <summary>
/// What is to be in files, and what is in them. Of a file that holds secrets only keyed hashes leave this class, which tell nothing to
/// whoever guesses values.
/// </summary>
internal sealed class FileContents(ContentHashes hashes, SecretVault secrets)
{
    /// <summary>Of what desired files with secrets are to hold, by <see cref="ConfigFileSpec.ContentHash"/>: in memory alone.</summary>
    private readonly ConcurrentDictionary<string, string> _wanted = new(StringComparer.Ordinal);

    /// <summary>The content to write, with the values of secrets.</summary>
    /// <exception cref="SecretUnavailableException">A secret can't be had.</exception>
    public ReadOnlyMemory<byte> Of(ConfigFileSpec spec) => spec.HoldsSecrets ? secrets.Reveal(spec.Content.Span) : spec.Content;

    /// <summary>The hash of the content to write, as it may be kept.</summary>
    /// <exception cref="SecretUnavailableException">A secret can't be had.</exception>
    public string HashOf(ConfigFileSpec spec) => spec.HoldsSecrets ? secrets.Keyed(Wanted(spec)) : spec.ContentHash;

    /// <summary>Whether a file that exists has the desired content.</summary>
    /// <exception cref="SecretUnavailableException">A secret can't be had.</exception>
    public bool IsAsDesired(ResolvedPath place, ConfigFileSpec spec) => hashes.Of(place) == (spec.HoldsSecrets ? Wanted(spec) : spec.ContentHash);

    /// <summary>The hash of what is in a file that exists, as it may be kept.</summary>
    /// <param name="holdsSecrets">The agent has written values of secrets into it, or is to.</param>
    /// <exception cref="SecretUnavailableException">The key of digests can't be had.</exception>
    public string HashAt(ResolvedPath place, bool holdsSecrets) => holdsSecrets ? secrets.Keyed(hashes.Of(place)) : hashes.Of(place);

    /// <summary>The same for whoever compares it with what is desired: see <see cref="ObservedConfigFile.ContentHash"/>.</summary>
    public string Observe(ResolvedPath place, ConfigFileSpec? desired, ConfigFileState? record)
    {
        if (desired is not { HoldsSecrets: true } && record is not { HoldsSecrets: true })
            return hashes.Of(place);
        return desired is not null && IsKnownToBe(place, desired) ? desired.ContentHash : KeyedAt(place);
    }

    /// <summary>Forgets all files but these.</summary>
    public void Keep(IReadOnlySet<string> paths, IEnumerable<ConfigFileSpec> desired)
    {
        hashes.Keep(paths);
        foreach (var gone in _wanted.Keys.Except(desired.Select(spec => spec.ContentHash)).ToList())
            _wanted.TryRemove(gone, out _);
    }

    private bool IsKnownToBe(ResolvedPath place, ConfigFileSpec desired)
    {
        try
        {
            return IsAsDesired(place, desired);
        }
        catch (SecretUnavailableException)
        {
            // What needs the secret waits.
            return false;
        }
    }

    /// <summary>Empty, and so nothing that is desired, where it can't be told.</summary>
    private string KeyedAt(ResolvedPath place)
    {
        try
        {
            return HashAt(place, holdsSecrets: true);
        }
        catch (SecretUnavailableException)
        {
            return "";
        }
    }

    private string Wanted(ConfigFileSpec spec)
    {
        if (_wanted.TryGetValue(spec.ContentHash, out var known))
            return known;
        return _wanted[spec.ContentHash] = Convert.ToHexStringLower(SHA256.HashData(secrets.Reveal(spec.Content.Span)));
    }
}
