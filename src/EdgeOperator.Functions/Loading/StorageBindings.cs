using System.Collections.Immutable;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Blobs;
using EdgeOperator.Functions.Blobs.Azure;
using EdgeOperator.Functions.Queues;
using EdgeOperator.Functions.Queues.Azure;
using EdgeOperator.Functions.Storage;
using EdgeOperator.Functions.Tables;
using EdgeOperator.Functions.Tables.Azure;

namespace EdgeOperator.Functions.Loading;

/// <summary>What can be known of queue, blob and table bindings before a function runs.</summary>
internal static class StorageBindings
{
    /// <exception cref="FormatException">The binding could never be read or written; the message says why.</exception>
    public static void Check(Binding binding, ImmutableSortedDictionary<string, string> settings)
    {
        switch (binding.Type.ToUpperInvariant())
        {
            case "QUEUE" or "QUEUETRIGGER":
                Check(binding, "queueName", binding.Text("queueName"), name => QueueName.Check(binding, name));
                if (ConnectionSetting.Of(binding, settings).Account is { } queues)
                    AzureQueues.Check(queues);
                break;
            case "BLOBTRIGGER":
                BlobPattern.Parse(BlobPath.TextOf(binding) is { Length: > 0 } path ? path : throw new FormatException($"The binding {binding.Name} has no path"));
                CheckBlobs(binding, settings);
                break;
            case "TABLE":
                TableBinding.Check(binding);
                if (ConnectionSetting.Of(binding, settings).Account is { } tables)
                    AzureTableStore.Check(tables);
                break;
            case "BLOB":
                CheckPath(binding);
                CheckBlobs(binding, settings);
                break;
        }
    }

    private static void CheckBlobs(Binding binding, ImmutableSortedDictionary<string, string> settings)
    {
        if (ConnectionSetting.Of(binding, settings).Account is { } account)
            AzureBlobStore.Check(account);
    }

    private static void CheckPath(Binding binding)
    {
        var text = BlobPath.TextOf(binding);
        Check(binding, "path", text, path => BlobPath.Parse(path));
        if (text!.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash && !text[..slash].Contains('{'))
            BlobPath.CheckContainer(text[..slash]);
    }

    // What has binding expressions in it is known only with a trigger's data.
    private static void Check(Binding binding, string property, string? text, Action<string> check)
    {
        if (string.IsNullOrEmpty(text))
            throw new FormatException($"The binding {binding.Name} has no {property}");
        if (!text.Contains('{'))
            check(text);
    }
}
