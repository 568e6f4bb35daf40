using EdgeOperator.Hub.Rest;
using EdgeOperator.Hub.Security;

namespace EdgeOperator.Hub.Api;

/// <param name="NewPassword">Replaces the password; needed at the first login.</param>
internal sealed record LoginBody(string User, string Password, string? NewPassword = null);

/// <param name="Token">For <c>Authorization: Bearer</c>.</param>
internal sealed record LoginAnswer(string Token, DateTime Expires);

/// <summary>Logging in.</summary>
internal sealed class AccountRoutes(Users users)
{
    public IEnumerable<ServiceRoute> Routes => [ApiRoute.Send<LoginBody, LoginAnswer>("POST", "login", "Log in, and get a token", LoginAsync) with { IsOpen = true }];

    private async Task<LoginAnswer> LoginAsync(ServiceRequest request, LoginBody body)
    {
        var (token, expires) = await users.LoginAsync(body.User, body.Password, body.NewPassword, request.Aborted);
        return new(token, expires.UtcDateTime);
    }
}
