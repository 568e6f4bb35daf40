using EdgeOperator.Core.Hub;
using EdgeOperator.Hub.Storage;
using EdgeOperator.Portal.Hosting;
using EdgeOperator.Portal.Hub;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;

namespace EdgeOperator.Hub.Portal;

/// <summary>The portal as a part of the hub.</summary>
internal static class PortalServices
{
    public static IServiceCollection AddHubPortal(this IServiceCollection services, HubConfiguration configuration)
    {
        services.AddPortal(OptionsOf(configuration)).AddSingleton<IHubApi, InProcessApi>();
        services.AddDataProtection().SetApplicationName("edgeop-hub");
        services.AddOptions<KeyManagementOptions>().Configure<IHubStore, SecretBox>((keys, store, secrets) =>
        {
            keys.XmlRepository = new StoredKeys(store);
            keys.XmlEncryptor = new KeyEncryption(secrets);
        });
        if (configuration.Portal.SignIn is { } provider)
        {
            // The provider's scheme is asked for by name: as the only one it would be the default, and say of every request who it is from.
            AppContext.SetSwitch("Microsoft.AspNetCore.Authentication.SuppressAutoDefaultScheme", true);
            services.AddSingleton(provider).AddSingleton<SingleSignOn>().AddAuthentication().AddOpenIdConnect(SingleSignOn.Scheme, _ => { });
            services.AddOptions<OpenIdConnectOptions>(SingleSignOn.Scheme).Configure<SingleSignOn>((options, signOn) => signOn.Configure(options));
        }

        return services;
    }

    /// <summary>What users see of the hub's address.</summary>
    public static PortalOptions OptionsOf(HubConfiguration configuration)
    {
        var url = new Uri(configuration.Portal.Url ?? $"https://{(configuration.HostName.Contains(':', StringComparison.Ordinal) ? $"[{configuration.HostName}]" : configuration.HostName)}{PortOf(configuration)}");
        return new(url.GetLeftPart(UriPartial.Path).TrimEnd('/'), url.AbsolutePath.TrimEnd('/'), configuration.Portal.SignIn?.Name);
    }

    private static string PortOf(HubConfiguration configuration) => configuration.Listen.Https.Split(':')[^1] is var port and not "443" ? $":{port}" : "";
}
