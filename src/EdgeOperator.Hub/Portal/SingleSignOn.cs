using System.Security.Claims;
using System.Security.Cryptography.X509Certificates;
using EdgeOperator.Core.Hub;
using EdgeOperator.Hub.Security;
using EdgeOperator.Platform.Files;
using EdgeOperator.Portal.Hosting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace EdgeOperator.Hub.Portal;

/// <summary>
/// Signing in by an OpenID Connect provider (https://openid.net/specs/openid-connect-core-1_0.html): the code flow with PKCE. What comes of it is
/// a login's token like any other, with the role that the provider's claims make.
/// </summary>
internal sealed partial class SingleSignOn(IdentityProviderConfiguration provider, PortalOptions portal, ApiTokens tokens, ILogger<SingleSignOn> log)
{
    public const string Scheme = "sso";

    /// <summary>Stands before the names of the provider's users, which no local user's name has.</summary>
    private const string NamePrefix = "sso:";

    private const string CallbackPath = PortalPaths.Prefix + "/sign-in/callback";

    /// <summary>Where the user wanted to go, in what travels along with the request.</summary>
    public const string WantedItem = "to";

    private const int LongestName = 100;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    public void Configure(OpenIdConnectOptions options)
    {
        options.Authority = provider.Authority;
        options.RequireHttpsMetadata = !new Uri(provider.Authority).IsLoopback;
        options.ClientId = provider.ClientId;
        options.ClientSecret = provider.ClientSecretFile is { } file ? ReferencedFile.ReadText(file).Trim() : null;
        options.ResponseType = OpenIdConnectResponseType.Code;
        options.ResponseMode = OpenIdConnectResponseMode.Query;
        options.UsePkce = true;
        options.GetClaimsFromUserInfoEndpoint = true;
        options.MapInboundClaims = false;
        options.SaveTokens = false;
        options.CallbackPath = CallbackPath;
        options.SignInScheme = "none";
        options.Scope.Clear();
        foreach (var scope in provider.Scopes)
            options.Scope.Add(scope);
        foreach (var claim in (string[])[provider.UserClaim, provider.RoleClaim])
            options.ClaimActions.MapJsonKey(claim, claim);
        options.BackchannelTimeout = Timeout;
        options.BackchannelHttpHandler = Handler();
        (options.CorrelationCookie.SameSite, options.NonceCookie.SameSite) = (SameSiteMode.Lax, SameSiteMode.Lax);
        (options.CorrelationCookie.Path, options.NonceCookie.Path) = (portal.PathBase + CallbackPath, portal.PathBase + CallbackPath);
        options.Events = new()
        {
            OnRedirectToIdentityProvider = context =>
            {
                // The address that users see, whichever one the proxy has asked with.
                context.ProtocolMessage.RedirectUri = portal.HubUrl + CallbackPath;
                return Task.CompletedTask;
            },
            OnTicketReceived = SignInAsync,
            OnRemoteFailure = context =>
            {
                Refused(log, provider.Authority, context.Failure);
                return EndAsync(context.HttpContext, "sign-in?error=provider", context.HandleResponse);
            },
        };
    }

    /// <summary>The way to the provider, and the way back from it.</summary>
    public static void Use(WebApplication app)
    {
        app.Use(async (http, next) =>
        {
            if (http.Request.Path != CallbackPath
                || await http.RequestServices.GetRequiredService<IAuthenticationHandlerProvider>().GetHandlerAsync(http, Scheme) is not IAuthenticationRequestHandler handler
                || !await handler.HandleRequestAsync())
                await next(http);
        });
        app.MapGet(PortalPaths.Prefix + "/sign-in/sso", (RequestDelegate)(http =>
        {
            var properties = new AuthenticationProperties();
            properties.Items[WantedItem] = PortalPaths.Local(http.Request.Query["to"]);
            return http.ChallengeAsync(Scheme, properties);
        }));
    }

    private async Task SignInAsync(TicketReceivedContext context)
    {
        var http = context.HttpContext;
        var claims = context.Principal!;
        var subject = claims.FindFirstValue("sub");
        var name = claims.FindFirstValue(provider.UserClaim) is { Length: > 0 and <= LongestName } given && !given.Any(char.IsControl) ? given : subject ?? "";
        if (RoleOf(claims) is not var (role, fleets) || name.Length is 0 or > LongestName)
        {
            WithoutRole(log, subject ?? "", provider.RoleClaim);
            await EndAsync(http, "sign-in?error=role", context.HandleResponse);
            return;
        }

        var (token, expires) = await tokens.IssueForLoginAsync(NamePrefix + name, role, http.RequestAborted, fleets);
        SessionCookie.Write(http, token, expires);
        await EndAsync(http, PortalPaths.Local(context.Properties?.Items.TryGetValue(WantedItem, out var wanted) == true ? wanted : null), context.HandleResponse);
    }

    private (Role Role, string[]? Fleets)? RoleOf(ClaimsPrincipal claims)
    {
        var values = claims.FindAll(provider.RoleClaim).Select(c => c.Value).ToHashSet(StringComparer.Ordinal);
        return provider.Roles.Administrator.Any(values.Contains) ? (Role.Administrator, null)
            : provider.Roles.Operator.Any(values.Contains) ? (Role.Operator, null)
            : provider.Roles.Viewer.Any(values.Contains) ? (Role.Viewer, null)
            : LimitedRoleOf(values);
    }

    /// <summary>The greatest role that one of the values makes for some fleets, for all fleets for which one makes this one.</summary>
    private (Role Role, string[]? Fleets)? LimitedRoleOf(HashSet<string> values)
    {
        var roles = provider.Roles.OfFleets.Where(role => values.Contains(role.Value)).Select(role => (Role: Enum.Parse<Role>(role.Role), role.Fleets)).ToArray();
        if (roles.Length == 0)
            return null;
        var greatest = roles.Max(role => role.Role);
        return (greatest, [.. roles.Where(role => role.Role == greatest).SelectMany(role => role.Fleets).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]);
    }

    private static Task EndAsync(HttpContext http, string path, Action handled)
    {
        http.Response.StatusCode = StatusCodes.Status303SeeOther;
        http.Response.Headers.Location = PortalPaths.To(http, path);
        handled();
        return Task.CompletedTask;
    }

    private SocketsHttpHandler Handler()
    {
        var handler = new SocketsHttpHandler { ConnectTimeout = Timeout, PooledConnectionLifetime = TimeSpan.FromMinutes(5), MaxResponseHeadersLength = 64, AllowAutoRedirect = false };
        if (provider.CaFile is { } file)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.ImportFromPemFile(file);
            handler.SslOptions.CertificateChainPolicy = policy;
        }

        return handler;
    }
}
