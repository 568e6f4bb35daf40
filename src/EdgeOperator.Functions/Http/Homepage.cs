using System.Text;
using EdgeOperator.Functions.App;
using Microsoft.AspNetCore.Http;

namespace EdgeOperator.Functions.Http;

/// <summary>What <c>/</c> shows where no function has that route, unless <c>AzureWebJobsDisableHomepage</c> is true (then 204).</summary>
internal static class Homepage
{
    private static readonly byte[] Page = Encoding.UTF8.GetBytes("""
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><title>Function app</title></head>
        <body><p>Your function app is up and running.</p></body></html>

        """);

    public static void Answer(HttpContext context, FunctionApp app)
    {
        if (app.Settings.TryGetValue("AzureWebJobsDisableHomepage", out var disabled) && disabled.Equals("true", StringComparison.OrdinalIgnoreCase))
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.ContentLength = Page.Length;
        context.Response.BodyWriter.Write(Page);
    }

    private static void Write(this System.IO.Pipelines.PipeWriter writer, ReadOnlySpan<byte> content)
    {
        content.CopyTo(writer.GetSpan(content.Length));
        writer.Advance(content.Length);
    }
}
