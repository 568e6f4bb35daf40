using System.Collections.Immutable;
using System.Text.Json.Serialization;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol.Functions;

namespace EdgeOperator.Core.Kinds.FunctionApp;

/// <summary>The desired function app.</summary>
public sealed record FunctionAppSpec
{
    public required FunctionPackage Package { get; init; }

    /// <summary><c>custom</c>, <c>node</c>, …; null to tell from the app itself.</summary>
    public string? Worker { get; init; }

    /// <summary>Worker processes, 1 to 64.</summary>
    public int Instances { get; init; } = 1;

    public ImmutableSortedDictionary<string, string> Settings { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Settings whose values are the contents of files on the device, by name: the files' paths.</summary>
    public ImmutableSortedDictionary<string, string> SettingsFiles { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    public string Address { get; init; } = "127.0.0.1";

    /// <summary>0 for any free port.</summary>
    public int Port { get; init; }

    /// <summary>A file on the device that holds the master key; null lets the host make one.</summary>
    public string? MasterKeyFile { get; init; }

    /// <summary>Host keys, by name: files on the device that hold them.</summary>
    public ImmutableSortedDictionary<string, string> KeyFiles { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Origins whose pages may call the app; <c>*</c> for any, empty for none.</summary>
    public ImmutableArray<string> CorsOrigins { get; init; } = [];

    /// <summary>Those pages may send credentials along.</summary>
    public bool CorsCredentials { get; init; }

    /// <summary>Addresses or networks of reverse proxies that are believed.</summary>
    public ImmutableArray<string> TrustedProxies { get; init; } = [];

    /// <summary>Windows in which the app may run; empty for always.</summary>
    public ImmutableArray<RunWindow> Schedule { get; init; } = [];

    /// <summary>Billionths of a processor for the whole app; null for no limit.</summary>
    public long? Cpus { get; init; }

    /// <summary>Bytes for each worker process; null for no limit.</summary>
    public long? Memory { get; init; }

    /// <summary>Keeps one more worker process ready.</summary>
    public bool Standby { get; init; }

    /// <summary>Whom the app runs as; null for the agent's own user.</summary>
    public string? User { get; init; }

    [JsonIgnore]
    public string Hash => SpecHash.Of(this, FunctionAppJson.Default.FunctionAppSpec);
}

/// <summary>An app's files. The hierarchy is closed.</summary>
public abstract record FunctionPackage
{
    private FunctionPackage()
    {
    }

    /// <summary>Equal for equal files (or equal zip files), 16 hex digits: the name of what is installed.</summary>
    public abstract string Hash { get; }

    /// <summary>Where the package comes from, for people: the same files from elsewhere are the same package.</summary>
    [JsonIgnore]
    public abstract string Location { get; }

    /// <summary>Files of the source; their paths, links included, count from the package's folder.</summary>
    public sealed record Folder(string Path, ImmutableArray<ManifestFile> Files) : FunctionPackage
    {
        public override string Location => Path;

        public override string Hash => SpecHash.Once(this, static folder => folder.Files
            .Aggregate(new ContentHash(), (hash, f) => hash.Add(f.Path).Add(f.LinkedFrom).Add(f.IsExecutable).Add(f.Content.Span))
            .ToString());
    }

    /// <param name="Sha256">Of the zip file, in lower-case hex.</param>
    public sealed record Zip(string Url, string Sha256) : FunctionPackage
    {
        public override string Location => Url;

        public override string Hash => new ContentHash().Add(Sha256).ToString();
    }

    /// <summary>What is published to the device under a name.</summary>
    /// <param name="Version">The SHA-256 of the zip file to run; null in a manifest, which leaves that to the publisher.</param>
    public sealed record Published(string Name, string? Version = null) : FunctionPackage
    {
        public override string Location => $"the published package {Name}";

        public override string Hash => (Version is null ? new ContentHash().Add("published").Add(Name) : new ContentHash().Add(Version)).ToString();
    }
}
