using System.Globalization;
using System.Text.Json.Nodes;
using EdgeOperator.Functions.App;

namespace EdgeOperator.Functions.Blobs;

/// <summary>What a blob's function gets besides the content, and the message about a blob that it could not process.</summary>
internal static class BlobTriggerPayload
{
    /// <summary>Named as in https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-blob-trigger#metadata.</summary>
    /// <param name="values">Of the names in the trigger's path.</param>
    public static JsonObject Metadata(BlobProperties blob, JsonObject values)
    {
        var metadata = (JsonObject)values.DeepClone();
        metadata["BlobTrigger"] = blob.Path.ToString();
        metadata["Uri"] = blob.Uri.AbsoluteUri;
        metadata["Properties"] = new JsonObject
        {
            ["ETag"] = blob.ETag,
            ["ContentLength"] = blob.Length,
            ["CreatedOn"] = blob.Created.ToString("o", CultureInfo.InvariantCulture),
            ["LastModified"] = blob.Modified.ToString("o", CultureInfo.InvariantCulture),
        };
        metadata["Metadata"] = new JsonObject();
        return metadata;
    }

    /// <summary>Named as in https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-blob-trigger#poison-blobs.</summary>
    public static byte[] Poison(FunctionDefinition function, BlobProperties blob) => System.Text.Encoding.UTF8.GetBytes(new JsonObject
    {
        ["Type"] = "BlobTrigger",
        ["FunctionId"] = $"Host.Functions.{function.Name}",
        ["BlobType"] = "BlockBlob",
        ["ContainerName"] = blob.Path.Container,
        ["BlobName"] = blob.Path.Name,
        ["ETag"] = blob.ETag,
    }.ToJsonString());
}
