using System.Reflection;
using System.Security.Cryptography;

namespace EdgeOperator.Functions.Workers.Node;

/// <summary>The worker's script, which this program carries with it and lays down where node can read it.</summary>
internal static class NodeScript
{
    private const string Prefix = "node-worker/";

    private static readonly Assembly Carrier = typeof(NodeScript).Assembly;

    /// <summary>Writes the script below <paramref name="folder"/>, unless this very version lies there already.</summary>
    /// <returns>The path of the file to start.</returns>
    /// <exception cref="IOException"/>
    public static string WriteTo(string folder)
    {
        var files = Carrier.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .ToDictionary(n => n[Prefix.Length..], Read);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var content in files.Values)
        {
            hash.AppendData(content);
        }

        var target = Path.Combine(folder, $"node-worker-{Convert.ToHexStringLower(hash.GetHashAndReset())[..12]}");
        Directory.CreateDirectory(target);
        foreach (var (name, content) in files)
        {
            var path = Path.Combine(target, name);
            if (!File.Exists(path) || !File.ReadAllBytes(path).AsSpan().SequenceEqual(content))
            {
                File.WriteAllBytes(path, content);
            }
        }

        return Path.Combine(target, "main.cjs");
    }

    private static byte[] Read(string name)
    {
        using var stream = Carrier.GetManifestResourceStream(name)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}
