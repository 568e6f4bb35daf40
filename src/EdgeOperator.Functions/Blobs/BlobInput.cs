using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Invoking;

namespace EdgeOperator.Functions.Blobs;

/// <summary>Reads the blob of a <c>blob</c> input.</summary>
public sealed class BlobInput(FunctionApp app, BlobStores blobs) : IInput
{
    public bool Handles(Binding binding) =>
        binding.Direction == BindingDirection.In && binding.Type.Equals("blob", StringComparison.OrdinalIgnoreCase);

    public async Task<Value?> ReadAsync(Binding binding, CancellationToken cancellation)
    {
        var path = BlobPath.Parse(BlobPath.TextOf(binding) ?? "");
        if (BlobStores.Reference(app, binding, path) is { } reference)
            return reference;
        return await blobs.Open(app, binding).ReadAsync(path, cancellation) is { } blob ? BlobContent.Of(binding, blob.Content) : null;
    }
}
