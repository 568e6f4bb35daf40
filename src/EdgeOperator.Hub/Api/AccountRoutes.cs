using EdgeOperator.Hub.Rest;
using EdgeOperator.Hub.Security;
using EdgeOperator.Hub.Service;

namespace EdgeOperator.Hub.Api;

/// <param name="NewPassword">Replaces the password; needed at the first login.</param>
internal sealed record LoginBody(string User, string Password, string? NewPassword = null);

/// <param name="Token">For <c>Authorization: Bearer</c>.</param>
internal sealed record LoginAnswer(string Token, DateTime Expires);

/// <param name="Name">The user; a policy with the word before it.</param>
/// <param name="Role">Null for a policy, which has rights and no role.</param>
/// <param name="Fleets">Those that the role is limited to; null for a role over all devices.</param>
internal sealed record MeAnswer(string Name, Role? Role, bool External, DateTime? Expires, IReadOnlyList<string>? Fleets = null);

/// <param name="Fleets">To limit the role to; left out for a role over all devices.</param>
internal sealed record UserBody(string Name, Role Role, IReadOnlyList<string>? Fleets = null);

/// <param name="Fleets">To limit the role to; left out for a role over all devices.</param>
internal sealed record RoleBody(Role Role, IReadOnlyList<string>? Fleets = null);

/// <param name="MustChange">The next login has to give a new password.</param>
/// <param name="Fleets">Those that the role is limited to; null for a role over all devices.</param>
internal sealed record UserAnswer(string Name, Role Role, bool MustChange, IReadOnlyList<string>? Fleets = null);

/// <param name="Continuation">For the next page; null at the end.</param>
internal sealed record UserList(IReadOnlyList<UserAnswer> Items, string? Continuation);

/// <param name="OneTimePassword">For the first login. It is not shown again.</param>
internal sealed record NewUserAnswer(string Name, string OneTimePassword);

/// <param name="Name">What it is for.</param>
/// <param name="Role">At most that of who makes it.</param>
/// <param name="Fleets">To limit it to; left out for those of who makes it.</param>
internal sealed record TokenBody(string Name, Role Role, int Days, IReadOnlyList<string>? Fleets = null);

internal sealed record TokenAnswer(string Id, string Name, string User, Role? Role, DateTime Expires, IReadOnlyList<string>? Fleets = null);

/// <param name="Continuation">For the next page; null at the end.</param>
internal sealed record TokenList(IReadOnlyList<TokenAnswer> Items, string? Continuation);

/// <param name="Token">It is not shown again.</param>
internal sealed record NewTokenAnswer(string Id, string Token, DateTime Expires);

internal sealed record PolicyAnswer(string Name, string[] Rights);

/// <summary>Logging in and out, users, tokens, and the policies that there are.</summary>
internal sealed class AccountRoutes(Users users, ApiTokens tokens, Policies policies)
{
    private const string One = "users/{user}";

    public IEnumerable<ServiceRoute> Routes =>
    [
        ApiRoute.Send<LoginBody, LoginAnswer>("POST", "login", "Log in, and get a token", LoginAsync) with { IsOpen = true },
        ApiRoute.Do("POST", "logout", "Make the token that is shown worthless", LogoutAsync) with { Reach = RouteReach.Caller },
        ApiRoute.Get("me", "Who the token belongs to, and what its role is", request => Task.FromResult(Me(request))) with { Reach = RouteReach.Caller },
        ApiRoute.Get("users", "Local users, in the order of their names", ListAsync, ListPage.LimitParameter, ListPage.ContinuationParameter),
        ApiRoute.Send<UserBody, NewUserAnswer>("POST", "users", "Make a user", CreateAsync),
        ApiRoute.Send<RoleBody, UserAnswer>("PATCH", One, "Give a user another role: Viewer, Operator or Administrator, over all devices or over those of some fleets", ChangeRoleAsync),
        ApiRoute.Get(One, "One local user", ReadAsync),
        ApiRoute.Offer<object, NewUserAnswer>("POST", One + "/reset-password", "Give a user a one-time password", ResetAsync),
        ApiRoute.Do("DELETE", One, "Remove a user; its tokens are worthless then", RemoveAsync),
        ApiRoute.Get("tokens", "Tokens for programs: one's own, or for administrators all", ListTokensAsync, ListPage.LimitParameter, ListPage.ContinuationParameter) with { Reach = RouteReach.Caller },
        ApiRoute.Send<TokenBody, NewTokenAnswer>("POST", "tokens", "Make a token for a program", CreateTokenAsync) with { Reach = RouteReach.Caller },
        ApiRoute.Do("DELETE", "tokens/{token}", "Make a token worthless", RemoveTokenAsync) with { Reach = RouteReach.Caller },
        ApiRoute.Get("policies", "Shared access policies, without their keys", ListPolicies),
    ];

    private async Task<LoginAnswer> LoginAsync(ServiceRequest request, LoginBody body)
    {
        var (token, expires) = await users.LoginAsync(body.User, body.Password, body.NewPassword, request.Http.Connection.RemoteIpAddress, request.Aborted);
        return new(token, expires.UtcDateTime);
    }

    private Task LogoutAsync(ServiceRequest request) => tokens.RemoveAsync(TokenOf(request).Id, request.Aborted);

    private static MeAnswer Me(ServiceRequest request)
    {
        if (request.Caller.Token is { } token)
            return new(token.User, request.Caller.Role, token.IsExternal, token.Expires.UtcDateTime, request.Caller.Fleets);
        request.Need(Rights.RegistryRead | Rights.ServiceConnect | Rights.Provisioning | Rights.Administrate);
        return new(request.Caller.Name, null, false, null);
    }

    private async Task<UserList> ListAsync(ServiceRequest request)
    {
        request.Need(Rights.Administrate);
        var page = ListPage.Of(request);
        var (items, continuation) = await page.TakeAsync(users.AllAsync(request.Aborted, page.After, page.Rows), user => user.Name, request.Aborted);
        return new([.. items.Select(Answer)], continuation);
    }

    private async Task<UserAnswer> ReadAsync(ServiceRequest request)
    {
        request.Need(Rights.Administrate);
        return await users.FindAsync(request.Path[3], request.Aborted) is { } user ? Answer(user) : throw new ServiceException(ServiceError.ResourceNotFound, $"there is no user {request.Path[3]}");
    }

    private async Task<NewUserAnswer> CreateAsync(ServiceRequest request, UserBody body)
    {
        request.Need(Rights.Administrate);
        return new(body.Name, await users.CreateAsync(body.Name, body.Role, body.Fleets, request.Aborted));
    }

    private async Task<UserAnswer> ChangeRoleAsync(ServiceRequest request, RoleBody body)
    {
        request.Need(Rights.Administrate);
        return Answer(await users.ChangeRoleAsync(request.Path[3], body.Role, body.Fleets, request.Aborted));
    }

    private async Task<NewUserAnswer> ResetAsync(ServiceRequest request, object? body)
    {
        request.Need(Rights.Administrate);
        return new(request.Path[3], await users.ResetAsync(request.Path[3], request.Aborted));
    }

    private Task RemoveAsync(ServiceRequest request)
    {
        request.Need(Rights.Administrate);
        return users.RemoveAsync(request.Path[3], request.Aborted);
    }

    private async Task<TokenList> ListTokensAsync(ServiceRequest request)
    {
        var page = ListPage.Of(request);
        var user = request.Caller.Rights.HasFlag(Rights.Administrate) ? null : TokenOf(request).User;
        var all = user is null ? tokens.AllAsync(page.After, page.Rows, request.Aborted) : tokens.AllAsync(page.After, ApiTokens.MostNamed, request.Aborted).Where(t => t.User == user);
        var (items, continuation) = await page.TakeAsync(all, token => token.Id, request.Aborted);
        var answers = new List<TokenAnswer>();
        foreach (var token in items)
            answers.Add(new(token.Id, token.Name!, token.User, token.Role, token.Expires.UtcDateTime, FleetNames.Common((await users.FindAsync(token.User, request.Aborted))?.Fleets, token.Fleets)));
        return new(answers, continuation);
    }

    private async Task<NewTokenAnswer> CreateTokenAsync(ServiceRequest request, TokenBody body)
    {
        var own = TokenOf(request);

        // Otherwise a token that has leaked would live on in those that were made with it.
        if (own.Name is not null || body.Role > request.Caller.Role)
            throw new ServiceException(ServiceError.RoleNeeded, "a token is made by somebody who has logged in, and for at most the role that they have");
        if (own.IsExternal)
            throw new ServiceException(ServiceError.InvalidOperation, "a token ends with its user, and nobody tells the hub when a user of the identity provider is removed there: make a local user for programs");
        var fleets = FleetNames.Checked(body.Fleets);
        if (request.Caller.Fleets is { } most && fleets?.All(most.Contains) == false)
            throw new ServiceException(ServiceError.RoleNeeded, $"your own role is limited to {string.Join(", ", most)}");
        var (token, issued) = await tokens.IssueAsync(own, body.Name, body.Role, fleets, body.Days, request.Aborted);
        return new(issued.Id, token, issued.Expires.UtcDateTime);
    }

    private async Task RemoveTokenAsync(ServiceRequest request)
    {
        var id = request.Path[3];
        var isOwn = await tokens.FindNamedAsync(id, request.Aborted) is { } found && (request.Caller.Rights.HasFlag(Rights.Administrate) || found.User == TokenOf(request).User);
        await tokens.RemoveAsync(isOwn ? id : throw new ServiceException(ServiceError.ResourceNotFound, "there is no such token"), request.Aborted);
    }

    private Task<PolicyAnswer[]> ListPolicies(ServiceRequest request)
    {
        request.Need(Rights.Administrate);
        return Task.FromResult(policies.Names.Order(StringComparer.Ordinal).Select(name => new PolicyAnswer(name, policies.Find(name)!.Rights.ToString().Split(", "))).ToArray());
    }

    private static ApiToken TokenOf(ServiceRequest request) => request.Caller.Token ?? throw ServiceRequest.Denied();

    private static UserAnswer Answer(User user) => new(user.Name, user.Role, user.MustChange, user.Fleets);
}
