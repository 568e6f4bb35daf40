using System.Xml.Linq;

namespace EdgeOperator.Platform.Publishing;

/// <summary>What a <c>.PublishSettings</c> file says: where to publish, and as whom.</summary>
/// <param name="Url">Such as <c>https://device:8181</c>.</param>
/// <param name="User">Such as <c>$orders</c>.</param>
public sealed record PublishSettingsFile(Uri Url, string User, string Password)
{
    public static string NameFor(string app) => $"{app}.PublishSettings";

    /// <summary>The XML that Azure's tools read: the host and port alone stand for https.</summary>
    public static string Write(string app, Uri url, string password) => new XElement(
        "publishData",
        new XElement(
            "publishProfile",
            new XAttribute("profileName", $"{app} - Zip Deploy"),
            new XAttribute("publishMethod", "ZipDeploy"),
            new XAttribute("publishUrl", url.Scheme == Uri.UriSchemeHttps ? $"{url.Host}:{url.Port}{url.AbsolutePath.TrimEnd('/')}" : url.ToString().TrimEnd('/')),
            new XAttribute("userName", $"${app}"),
            new XAttribute("userPWD", password),
            new XAttribute("webSystem", "WebSites"))).ToString();

    /// <returns>Null when it holds no profile for zip files.</returns>
    public static PublishSettingsFile? Read(string xml)
    {
        try
        {
            var profile = XElement.Parse(xml).DescendantsAndSelf("publishProfile").FirstOrDefault(p => (string?)p.Attribute("publishMethod") == "ZipDeploy");
            if ((string?)profile?.Attribute("publishUrl") is not { } url || (string?)profile.Attribute("userName") is not { } user || (string?)profile.Attribute("userPWD") is not { } password)
                return null;
            return Uri.TryCreate(url.Contains("://", StringComparison.Ordinal) ? url : $"https://{url}", UriKind.Absolute, out var address) ? new(address, user, password) : null;
        }
        catch (System.Xml.XmlException)
        {
            return null;
        }
    }
}
