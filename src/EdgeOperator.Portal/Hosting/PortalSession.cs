using System.Net;
using System.Security.Claims;
using EdgeOperator.Portal.Hub;
using Microsoft.AspNetCore.Http;

namespace EdgeOperator.Portal.Hosting;

/// <summary>Who has signed in at a browser, for the time of one request; everything that is asked of the hub is asked as this user.</summary>
public sealed class PortalSession(IHubApi api)
{
    private string? _token;
    private IPAddress? _from;
    private CancellationToken _aborted;

    /// <summary>Null for nobody.</summary>
    public HubUser? User { get; private set; }

    /// <summary>What the request before left to be shown once; null for nothing.</summary>
    public Notice? Notice { get; private set; }

    /// <summary>The token behind the session; null for nobody.</summary>
    public string? Token => User is null ? null : _token;

    /// <summary>Finds out who it is, by the session's cookie.</summary>
    public async Task OpenAsync(HttpContext http, Notice? notice)
    {
        (_from, _aborted, Notice) = (http.Connection.RemoteIpAddress, http.RequestAborted, notice);
        _token = SessionCookie.Read(http);
        if (_token is null)
            return;
        var answer = await api.SendAsync(HubCall.Get("api/v1/me"), _token, _from, _aborted);
        if (answer.Status == StatusCodes.Status401Unauthorized)
        {
            SessionCookie.Remove(http);
            return;
        }

        User = HubJson.Read<HubUser>(answer.IsSuccess ? answer.Body : throw new HubRefusedException(answer));
        http.User = new(new ClaimsIdentity([new(ClaimTypes.Name, User.Name), new(ClaimTypes.NameIdentifier, User.Name)], "portal"));
    }

    public bool May(HubRole role) => User?.Role >= role;

    /// <summary>Whether the user's role is over the hub as a whole, and not limited to fleets.</summary>
    public bool MayOnHub(HubRole role) => May(role) && User!.Fleets is null;

    public bool May(Actions.PortalAction action) => action.IsOfHub ? MayOnHub(action.Least) : May(action.Least);

    public Task<HubAnswer> SendAsync(HubCall call) => api.SendAsync(call, Token, _from, _aborted);

    /// <exception cref="HubRefusedException">The hub refuses.</exception>
    public async Task<T> GetAsync<T>(string path)
    {
        var answer = await SendAsync(HubCall.Get(path));
        return answer.IsSuccess ? HubJson.Read<T>(answer.Body) : throw new HubRefusedException(answer);
    }
}

/// <summary>What an action has led to, shown on the page after it.</summary>
/// <param name="Command">The command line that would have done the same; null for none.</param>
public sealed record Notice(bool IsError, string Text, string? Command = null);
