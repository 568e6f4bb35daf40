using System.Collections.Immutable;
using System.Text.Json.Serialization;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Kinds.EdgeModule.Images.Verification;

/// <param name="Digest">Of the manifest or index that was verified and pulled.</param>
/// <param name="Key">The fingerprint of the key.</param>
internal sealed record VerifiedImage(string Digest, string Key);

/// <summary>
/// Which images on an engine were verified, by their ids, so that they run without a registry, too. A small file that is replaced
/// atomically; losing it means that they are verified once more.
/// </summary>
internal sealed class VerifiedImages
{
    private readonly string _file;
    private readonly Lock _lock = new();
    private ImmutableDictionary<string, VerifiedImage> _images;

    /// <param name="machine">The virtual machine whose engine it is; null for the host's. What one engine calls by an id says nothing of another's.</param>
    public VerifiedImages(string stateDirectory, string? machine = null)
    {
        _file = Path.Combine(stateDirectory, machine is null ? "verified-images.json" : $"verified-images.{machine}.json");
        _images = Read(_file);
    }

    public VerifiedImage? Find(string id)
    {
        lock (_lock)
            return _images.GetValueOrDefault(id);
    }

    /// <param name="present">The images that the engine has; of others nothing is remembered.</param>
    /// <exception cref="IOException">The file can't be written.</exception>
    public void Add(string id, VerifiedImage image, IReadOnlySet<string> present)
    {
        lock (_lock)
        {
            var images = _images.RemoveRange(_images.Keys.Where(known => !present.Contains(known))).SetItem(id, image);
            Directory.CreateDirectory(Path.GetDirectoryName(_file)!);
            StateFile.Write(_file, images.ToDictionary(), VerifiedImagesJson.Default.DictionaryStringVerifiedImage);
            _images = images;
        }
    }

    private static ImmutableDictionary<string, VerifiedImage> Read(string file)
    {
        try
        {
            var images = StateFile.Read(file, VerifiedImagesJson.Default.DictionaryStringVerifiedImage, out _);
            return images is null || images.ContainsValue(null!) ? ImmutableDictionary<string, VerifiedImage>.Empty : images.ToImmutableDictionary();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ImmutableDictionary<string, VerifiedImage>.Empty;
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Dictionary<string, VerifiedImage>))]
internal sealed partial class VerifiedImagesJson : JsonSerializerContext;
