using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EdgeOperator.Core.Hub;
using EdgeOperator.Core.Protocol.Hub;
using EdgeOperator.Hub.Identities;
using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Security;

/// <summary>Who calls.</summary>
/// <param name="Name">For the audit log.</param>
/// <param name="Identity">A device or module that calls for itself; null for a user or a policy.</param>
internal sealed record Caller(string Name, Rights Rights, IdentityKey? Identity = null)
{
    /// <summary>Of a user; null for a policy or a device.</summary>
    public Role? Role { get; init; }

    /// <summary>The fleets that the role is limited to; null for none, which is over all devices.</summary>
    public IReadOnlyList<string>? Fleets { get; init; }

    /// <summary>What a user has shown; null for a policy or a device.</summary>
    public ApiToken? Token { get; init; }
}

/// <summary>A device's or module's login.</summary>
/// <param name="Identity">Null when it is refused.</param>
/// <param name="Expires">When the proof ends.</param>
/// <param name="Refusal">For the log, never for the client.</param>
internal sealed record Login(Identity? Identity, DateTimeOffset Expires, string? Refusal);

/// <summary>Decides who somebody is, by shared access signature or client certificate.</summary>
internal sealed class Access(IHubStore store, Policies policies, Users users, CertificateAuthority authority, HubConfiguration configuration, TimeProvider time)
{
    /// <summary>Clocks of devices are not exact.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    private const string Bearer = "Bearer ";

    /// <param name="password">A token; null or empty when the client certificate is the proof.</param>
    public async Task<Login> LoginAsync(IdentityKey key, string? password, X509Certificate2? certificate, CancellationToken cancellation)
    {
        var identity = await store.FindIdentityAsync(key, cancellation);
        var device = key.IsModule ? await store.FindIdentityAsync(key.Device, cancellation) : identity;
        if (identity is null || device is null)
            return Refuse("it is not registered");
        if (!identity.IsEnabled || !device.IsEnabled)
            return Refuse("it is disabled");
        return string.IsNullOrEmpty(password)
            ? certificate is null ? Refuse("it sent neither a token nor a certificate") : Accept(identity, certificate)
            : SasToken.Parse(password) is { } token ? Accept(identity, token) : Refuse("its password is no shared access signature");
    }

    /// <summary>Who sent an <c>Authorization</c> header.</summary>
    /// <returns>Null for nobody that is known.</returns>
    public async Task<Caller?> AuthenticateAsync(string authorization, CancellationToken cancellation)
    {
        if (authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
            return await users.FindByTokenAsync(authorization[Bearer.Length..].Trim(), cancellation) is { } found
                ? new($"user {found.Token.User}", RoleRights.Of(found.Role)) { Role = found.Role, Fleets = found.Fleets, Token = found.Token }
                : null;
        if (SasToken.Parse(authorization) is not { } token || HasExpired(token))
            return null;
        if (token.PolicyName is { } name)
            return policies.Find(name) is { } policy && IsSignedBy(token, policy) && SasResource.Covers(token.Resource, configuration.HostName, isEncodedTwice: false) ? new($"policy {policy.Name}", policy.Rights) : null;
        if (IdentityOf(token.Resource) is not { } key || await store.FindIdentityAsync(key, cancellation) is not { } identity)
            return null;
        return Accept(identity, token) is { Identity: not null } && await IsEnabledAsync(identity, cancellation) ? new($"device {key}", Rights.None, key) : null;
    }

    /// <summary>Who showed a client certificate, as the name in it says.</summary>
    public async Task<Caller?> AuthenticateAsync(X509Certificate2 certificate, CancellationToken cancellation)
    {
        var key = new IdentityKey(certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false));
        return (await LoginAsync(key, null, certificate, cancellation)).Identity is null ? null : new($"device {key}", Rights.None, key);
    }

    private static IdentityKey? IdentityOf(string resource) => resource.TrimEnd('/').Split('/') switch
    {
        [_, "devices", var device] => new(Uri.UnescapeDataString(device)),
        [_, "devices", var device, "modules", var module] => new(Uri.UnescapeDataString(device), Uri.UnescapeDataString(module)),
        _ => null,
    };

    private static Login Refuse(string reason) => new(null, default, reason);

    private async Task<bool> IsEnabledAsync(Identity identity, CancellationToken cancellation) =>
        identity.IsEnabled && (!identity.Key.IsModule || await store.FindIdentityAsync(identity.Key.Device, cancellation) is { IsEnabled: true });

    private bool HasExpired(SasToken token) => time.GetUtcNow() - ClockSkew > token.Expires;

    private Login Accept(Identity identity, SasToken token)
    {
        if (HasExpired(token))
            return Refuse($"its token ended at {token.Expires:u}");
        if (!Covers(token, identity.Key))
            return Refuse("its token is for something else");
        if (token.PolicyName is { } name)
            return policies.Find(name) is { } policy && policy.Rights.HasFlag(Rights.DeviceConnect) && IsSignedBy(token, policy)
                ? new(identity, token.Expires, null)
                : Refuse($"its token is not signed by a policy that may connect as a device");
        return identity.Authentication == AuthenticationType.Sas && (IsSignedBy(token, identity.PrimaryKey) || IsSignedBy(token, identity.SecondaryKey))
            ? new(identity, token.Expires, null)
            : Refuse("its token is not signed by its key");
    }

    private Login Accept(Identity identity, X509Certificate2 certificate) => identity.Authentication switch
    {
        AuthenticationType.SelfSigned when HasThumbprint(identity, certificate) => UntilItsEnd(identity, certificate),
        AuthenticationType.CertificateAuthority when certificate.GetNameInfo(X509NameType.SimpleName, false) == identity.Key.DeviceId && !identity.Key.IsModule && authority.HasIssued(certificate) =>
            UntilItsEnd(identity, certificate),
        AuthenticationType.SelfSigned => Refuse("its certificate has another thumbprint"),
        AuthenticationType.CertificateAuthority => Refuse("its certificate is not signed by the hub's CA for its name, or not valid now"),
        _ => Refuse("it may not use a certificate"),
    };

    private Login UntilItsEnd(Identity identity, X509Certificate2 certificate)
    {
        var now = time.GetUtcNow();
        return now < certificate.NotBefore - ClockSkew || now > certificate.NotAfter + ClockSkew
            ? Refuse($"its certificate is valid from {certificate.NotBefore:u} to {certificate.NotAfter:u} only")
            : new(identity, certificate.NotAfter, null);
    }

    private static bool HasThumbprint(Identity identity, X509Certificate2 certificate)
    {
        string[] thumbprints = [certificate.GetCertHashString(HashAlgorithmName.SHA1), certificate.GetCertHashString(HashAlgorithmName.SHA256)];
        return thumbprints.Contains(identity.PrimaryThumbprint) || thumbprints.Contains(identity.SecondaryThumbprint);
    }

    // A gateway's host may stand in a device's token, so only what follows the host counts there; a policy's is for this hub.
    private bool Covers(SasToken token, IdentityKey key)
    {
        var isOwn = token.PolicyName is null;
        var host = isOwn ? token.Resource.Split('/')[0] : configuration.HostName;
        return key.IsModule
            ? SasResource.Covers(token.Resource, host, isOwn, "devices", key.DeviceId, "modules", key.ModuleId)
            : SasResource.Covers(token.Resource, host, isOwn, "devices", key.DeviceId);
    }

    private static bool IsSignedBy(SasToken token, Policy policy) => IsSignedBy(token, policy.PrimaryKey) || IsSignedBy(token, policy.SecondaryKey);

    private static bool IsSignedBy(SasToken token, byte[]? key) => key is not null && token.IsSignedBy(key);
}
