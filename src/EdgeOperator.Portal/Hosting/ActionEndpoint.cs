using EdgeOperator.Portal.Actions;
using EdgeOperator.Portal.Hub;
using EdgeOperator.Portal.Pages;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;

namespace EdgeOperator.Portal.Hosting;

/// <summary>Where the forms of actions go: asks the API, and leads back to the page.</summary>
internal static class ActionEndpoint
{
    public static async Task AnswerAsync(HttpContext http)
    {
        if (!await PortalHosting.IsOwnFormAsync(http))
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        var input = new ActionInput(form.Select(field => KeyValuePair.Create(field.Key, field.Value.ToString())));
        if (!PortalAction.All.TryGetValue(input.Optional("action") ?? "", out var action))
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var back = PortalPaths.Local(input.Optional("return"));
        var (notice, answer) = await DoAsync(http.RequestServices.GetRequiredService<PortalSession>(), action, input);
        if (!notice.IsError && action.Secret is { } secret && HubJson.Text(answer?.Body, secret.Field) is { } value)
        {
            // Shown in the answer itself: a secret goes into no cookie and no address.
            var parameters = new Dictionary<string, object?> { ["Notice"] = notice, ["Name"] = secret.Name, ["Value"] = value, ["Back"] = back };
            await new RazorComponentResult<SecretPage>(parameters) { PreventStreamingRendering = true }.ExecuteAsync(http);
            return;
        }

        http.RequestServices.GetRequiredService<NoticeCookie>().Leave(http, notice);
        http.Response.StatusCode = StatusCodes.Status303SeeOther;
        http.Response.Headers.Location = PortalPaths.To(http, back);
    }

    private static async Task<(Notice Notice, HubAnswer? Answer)> DoAsync(PortalSession session, PortalAction action, ActionInput input)
    {
        try
        {
            var answer = await session.SendAsync(action.Call(input));
            var problem = !answer.IsSuccess ? Refusal(session, action, answer) : action.Problem(answer.Body);
            return (problem is null ? new(false, action.Done(input, answer.Body), action.Command(input)) : new(true, $"{action.Label}: {problem}", action.Command(input)), answer);
        }
        catch (ActionInputException e)
        {
            return (new(true, $"{action.Label}: {e.Message}."), null);
        }
    }

    private static string Refusal(PortalSession session, PortalAction action, HubAnswer answer) =>
        answer is { Status: StatusCodes.Status403Forbidden } && !session.May(action.Least)
            ? $"this takes the role {action.Least}, and you are {session.User?.Role}."
            : answer.Message;
}
