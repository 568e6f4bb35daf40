using System.Security.Cryptography;
using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Provisioning;

/// <summary>The name of this hub's provisioning service, <c>0ne</c> and eight digits, made on first start.</summary>
internal sealed record IdScope(string Value)
{
    private const string Kind = "setting";
    private const string Id = "idScope";

    public static async Task<IdScope> OpenAsync(IHubStore store, CancellationToken cancellation)
    {
        if (await store.FindDocumentAsync(Kind, Id, cancellation) is null)
            await store.WriteDocumentAsync(new(Kind, Id, "1", $"0ne{Convert.ToHexString(RandomNumberGenerator.GetBytes(4))}"), null, cancellation);
        return new((await store.FindDocumentAsync(Kind, Id, cancellation))!.Json);
    }
}
