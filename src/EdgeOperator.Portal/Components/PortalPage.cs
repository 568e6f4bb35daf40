using EdgeOperator.Portal.Hosting;
using EdgeOperator.Portal.Hub;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;

namespace EdgeOperator.Portal.Components;

/// <summary>A page: it asks the hub for what it shows, and shows why when the hub refuses.</summary>
public abstract class PortalPage : ComponentBase
{
    [Inject]
    protected PortalSession Session { get; set; } = null!;

    [CascadingParameter]
    protected HttpContext Http { get; set; } = null!;

    /// <summary>Null when all is well.</summary>
    protected HubAnswer? Problem { get; private set; }

    protected abstract Task LoadAsync();

    protected sealed override async Task OnInitializedAsync()
    {
        try
        {
            await LoadAsync();
        }
        catch (HubRefusedException e)
        {
            Problem = e.Answer;

            AnswerWith(e.Answer.Status);
        }
    }

    /// <summary>Gives the page a status. A page that is not found yet would not be rendered at all.</summary>
    protected void AnswerWith(int status) => Http.Response.OnStarting(() =>
    {
        Http.Response.StatusCode = status;
        return Task.CompletedTask;
    });

    /// <summary>Has the browser go elsewhere in the portal; nothing of this page is shown.</summary>
    protected void GoTo(string path)
    {
        Http.Response.StatusCode = StatusCodes.Status303SeeOther;
        Http.Response.Headers.Location = PortalPaths.To(Http, path);
    }
}
