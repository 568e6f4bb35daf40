using EdgeOperator.Agent.Engine;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Agent.Kinds.EdgeModule.Images;

/// <summary>How far a pull has come: adds up what the engine says of each layer.</summary>
internal sealed class PullState
{
    /// <summary>Of an image; engines have some 130 at most.</summary>
    private const int MostLayers = 1000;

    /// <summary>Bytes of a layer: what the engine says beyond that is no size.</summary>
    private const long LargestLayer = 1L << 40;

    private readonly Dictionary<string, (long Done, long Total)> _layers = [];
    private readonly Lock _lock = new();

    /// <summary>The manifest's digest, once the engine has named it.</summary>
    public string? Digest { get; private set; }

    /// <summary>Bytes of the layers that are known so far; the total grows as the engine gets to know them.</summary>
    public TransferProgress Progress
    {
        get
        {
            lock (_lock)
            {
                return new(_layers.Values.Sum(layer => layer.Done), _layers.Values.Sum(layer => layer.Total));
            }
        }
    }

    public void Add(PullMessage message)
    {
        const string digest = "Digest: ";
        if (message.Status?.StartsWith(digest, StringComparison.Ordinal) == true)
        {
            Digest = message.Status[digest.Length..];
        }

        if (message.Id is not { } layer)
        {
            return;
        }

        lock (_lock)
        {
            if (_layers.Count >= MostLayers && !_layers.ContainsKey(layer))
            {
                return;
            }

            var (done, total) = _layers.GetValueOrDefault(layer);
            switch (message)
            {
                case { Status: "Downloading", Progress: { Total: > 0 } progress }:
                    _layers[layer] = (Math.Clamp(progress.Current, 0, LargestLayer), Math.Min(progress.Total, LargestLayer));
                    break;
                case { Status: "Download complete" or "Extracting" or "Pull complete" } when total > done:
                    _layers[layer] = (total, total);
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>For people: <c>pulling IMAGE: 45 % of 30.1 MB</c>.</summary>
    public string Describe(string image) => Progress is { Total: > 0 } progress
        ? $"pulling {image}: {100 * progress.Done / progress.Total} % of {progress.Total / 1e6:0.0} MB"
        : $"pulling {image}";
}
