using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using EdgeOperator.Core.Protocol.Functions;

namespace EdgeOperator.Functions.Http.Keys;

/// <summary>
/// The keys of an app, which outlive its generations. Those that the request names are laid over those in the file and
/// are never written to it. Safe for use by many threads.
/// </summary>
public sealed class KeyStore
{
    /// <summary>The one key of <see cref="KeyScope.Master"/>, by the name that the cloud gives it.</summary>
    public const string MasterName = "_master";

    private readonly Lock _lock = new();
    private readonly string _path;
    private ImmutableArray<StoredKey> _stored;
    private ImmutableArray<StoredKey> _given = [];
    private volatile KeyRing _ring;

    /// <summary>Reads the file, or makes it with a master key and a default host key.</summary>
    /// <exception cref="IOException">It can't be read or made.</exception>
    public KeyStore(string path)
    {
        _path = path;
        if (KeyFile.Read(path) is { } stored)
        {
            _stored = stored;
        }
        else
        {
            _stored = [Key(KeyScope.Master, MasterName, KeyHash.NewKey()), Key(KeyScope.Host, "default", KeyHash.NewKey())];
            KeyFile.Write(path, _stored);
        }

        _ring = new(_stored);
    }

    /// <summary>Names and scopes; no values.</summary>
    public ImmutableArray<KeyReport> List() => [.. _ring.Keys.Select(k => new KeyReport(k.Scope.ToString(), k.Name, null))];

    /// <summary>Takes the keys that an app's request gives; they win over those of the file.</summary>
    public void Use(AppRequest request)
    {
        lock (_lock)
        {
            _given = [.. request.HostKeys.Select(k => Key(KeyScope.Host, k.Key, k.Value))];
            if (request.MasterKey is { } master)
                _given = _given.Add(Key(KeyScope.Master, MasterName, master));

            Lay();
        }
    }

    /// <summary>Makes a key or changes it.</summary>
    /// <param name="value">Null to have one made.</param>
    /// <returns>The key's value, which can't be asked for again, and whether it is new.</returns>
    /// <exception cref="KeyRefusedException">The manifest gives this key, or the value is too short.</exception>
    /// <exception cref="IOException">It can't be stored.</exception>
    public (string Value, bool IsNew) Set(KeyScope scope, string name, string? value)
    {
        if (value is { Length: < KeyHash.MinimumLength })
            throw new KeyRefusedException($"the key \"{name}\" is shorter than {KeyHash.MinimumLength} characters: give a longer one, or none to have one made");

        lock (_lock)
        {
            Refuse(scope, name);
            var isNew = !_stored.Any(k => k.Is(scope, name));
            var made = value ?? KeyHash.NewKey();
            Store([.. _stored.Where(k => !k.Is(scope, name)), Key(scope, name, made)]);
            return (made, isNew);
        }
    }

    /// <returns>False if there is no such key.</returns>
    /// <exception cref="KeyRefusedException">The manifest gives this key, or it is the master key.</exception>
    /// <exception cref="IOException">The change can't be stored.</exception>
    public bool Delete(KeyScope scope, string name)
    {
        if (scope == KeyScope.Master)
            throw new KeyRefusedException("the master key can't be deleted: make a new one, which ends the old one");

        lock (_lock)
        {
            Refuse(scope, name);
            ImmutableArray<StoredKey> left = [.. _stored.Where(k => !k.Is(scope, name))];
            if (left.Length == _stored.Length)
                return false;

            Store(left);
            return true;
        }
    }

    /// <summary>What the key that a request brings opens.</summary>
    /// <param name="function">The function that is asked for; null for none.</param>
    public AuthLevel LevelOf(string? key, string? function) =>
        string.IsNullOrEmpty(key) ? AuthLevel.Anonymous : _ring.LevelOf(key, function);

    private void Refuse(KeyScope scope, string name)
    {
        if (_given.Any(k => k.Is(scope, name)))
            throw new KeyRefusedException($"the key \"{name}\" comes from the app's manifest: change it there");
    }

    private void Store(ImmutableArray<StoredKey> keys)
    {
        KeyFile.Write(_path, keys);
        _stored = keys;
        Lay();
    }

    private void Lay() => _ring = new([.. _stored.Where(s => !_given.Any(g => g.Is(s.Scope, s.Name))), .. _given]);

    private static StoredKey Key(KeyScope scope, string name, string value) => new(scope.Kind, scope.Name, name, KeyHash.Of(value));

    /// <summary>All keys of the moment, for the look-up.</summary>
    private sealed class KeyRing(ImmutableArray<StoredKey> keys)
    {
        public ImmutableArray<StoredKey> Keys { get; } = keys;

        public AuthLevel LevelOf(string key, string? function)
        {
            Span<byte> hash = stackalloc byte[KeyHash.Size];
            SHA256.HashData(Encoding.UTF8.GetBytes(key), hash);
            var level = AuthLevel.Anonymous;
            // Every key is compared, whichever fits, so that the time tells nothing.
            foreach (var known in Keys)
            {
                if (CryptographicOperations.FixedTimeEquals(known.Hash, hash) && LevelOf(known, function) is var opened && opened > level)
                    level = opened;
            }

            return level;
        }

        private static AuthLevel LevelOf(StoredKey key, string? function) => key.Kind switch
        {
            KeyKind.Master => AuthLevel.Admin,
            KeyKind.Host => AuthLevel.Function,
            KeyKind.Function when key.Function!.Equals(function, StringComparison.OrdinalIgnoreCase) => AuthLevel.Function,
            _ => AuthLevel.Anonymous,
        };
    }
}

/// <summary>In rising order.</summary>
public enum AuthLevel
{
    Anonymous,
    Function,
    Admin,
}

/// <summary>A change of keys that is not possible; the message says why and what to do.</summary>
public sealed class KeyRefusedException(string message) : Exception(message);
