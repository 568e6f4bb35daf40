using System.Net.Http.Headers;

namespace EdgeOperator.Functions.Workers.Forwarding;

internal static class ContentHeaders
{
    /// <summary>Adds the headers of a body that another one stands for, as they came.</summary>
    public static void AddAll(this HttpContentHeaders headers, HttpContentHeaders of)
    {
        foreach (var (name, values) in of.NonValidated)
        {
            headers.TryAddWithoutValidation(name, values);
        }
    }
}
