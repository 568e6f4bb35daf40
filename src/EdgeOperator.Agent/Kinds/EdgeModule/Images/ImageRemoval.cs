using EdgeOperator.Agent.Engine;
using EdgeOperator.Core.Kinds.EdgeModule.Compiling;

namespace EdgeOperator.Agent.Kinds.EdgeModule.Images;

/// <summary>Removes an image that the agent pulled, unless somebody else has come to use it.</summary>
internal sealed class ImageRemoval(IContainerEngine engine, PulledImages pulled)
{
    /// <returns>Null when the image is gone, else why it stays.</returns>
    public async Task<string?> RemoveAsync(string id, CancellationToken cancellation)
    {
        if (await engine.InspectImageAsync(id, cancellation) is not { } image)
        {
            return null;
        }

        var ours = pulled.ReferencesOf(id);
        var tags = (image.RepoTags ?? []).OfType<string>().ToList();
        var others = tags.Where(tag => !ours.Contains(ImageReference.Normalize(tag))).ToList();
        if (others.Count > 0)
        {
            return $"image {id} stays: it is also known as {string.Join(", ", others)}";
        }

        try
        {
            // With its last name an image goes; one without a name goes by its id.
            foreach (var name in tags.DefaultIfEmpty(id))
            {
                await engine.RemoveImageAsync(name, cancellation);
            }
        }
        catch (EngineException e) when (e.IsConflict)
        {
            return $"image {id} stays: {e.Message}";
        }
        catch (EngineException e) when (e.IsNotFound)
        {
            return null;
        }

        return null;
    }
}
