using System.Text.Json;
using EdgeOperator.Core.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace EdgeOperator.Agent.LocalApi;

/// <summary>Every answer that is not a success becomes problem JSON.</summary>
internal static class Problems
{
    public static void UseProblems(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        try
        {
            await next(context);
            if (context.Response is { HasStarted: false, StatusCode: >= 400 and var status, ContentType: null })
                await WriteAsync(context, status, ReasonPhrases.GetReasonPhrase(status).Replace(" ", ""), $"{context.Request.Method} {context.Request.Path} is not served.");
        }
        catch (ControlException exception) when (!context.Response.HasStarted)
        {
            var status = exception.Reason == ControlException.NotFound ? StatusCodes.Status404NotFound : StatusCodes.Status409Conflict;
            await WriteAsync(context, status, exception.Reason, exception.Message);
        }
        catch (BadHttpRequestException exception) when (!context.Response.HasStarted)
        {
            await WriteAsync(context, exception.StatusCode, ReasonPhrases.GetReasonPhrase(exception.StatusCode).Replace(" ", ""), exception.Message);
        }
        catch (OperationCanceledException)
        {
            context.Abort();
        }
    });

    private static Task WriteAsync(HttpContext context, int status, string reason, string detail)
    {
        context.Response.Clear();
        context.Response.StatusCode = status;
        context.Response.ContentType = ProblemDocument.MediaType;
        var problem = new ProblemDocument(ReasonPhrases.GetReasonPhrase(status), status, reason, detail);
        return JsonSerializer.SerializeAsync(context.Response.Body, problem, ProtocolJson.Default.ProblemDocument, context.RequestAborted);
    }
}
