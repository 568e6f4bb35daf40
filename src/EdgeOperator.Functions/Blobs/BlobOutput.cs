using System.Text.Json.Nodes;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Invoking;

namespace EdgeOperator.Functions.Blobs;

/// <summary>Writes what functions put out to <c>blob</c> bindings; null writes nothing.</summary>
public sealed class BlobOutput(FunctionApp app, BlobStores blobs) : IOutput
{
    public bool Handles(Binding binding) =>
        binding.Direction == BindingDirection.Out && binding.Type.Equals("blob", StringComparison.OrdinalIgnoreCase);

    public void Check(Binding binding) => BlobPath.Parse(BlobPath.TextOf(binding) ?? "");

    public async Task WriteAsync(Binding binding, Value value, JsonObject metadata, CancellationToken cancellation)
    {
        if (BlobContent.Of(value) is not { } content)
            return;
        try
        {
            await blobs.Open(app, binding).WriteAsync(BlobPath.Parse(BlobPath.TextOf(binding) ?? ""), content, cancellation);
        }
        catch (FormatException e)
        {
            throw new IOException($"The output {binding.Name} is not written: {e.Message}", e);
        }
    }
}
