using System.Xml.Linq;
using EdgeOperator.Hub.Storage;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

namespace EdgeOperator.Hub.Portal;

/// <summary>Where the keys of data protection lie, by which forms and cookies are proven to be the hub's own: in the store, so that replicas have the same.</summary>
internal sealed class StoredKeys(IHubStore store) : IXmlRepository
{
    private const string Kind = "dataProtectionKey";
    private const int MostKeys = 1000;

    // The framework asks seldom, and waits for the answer.
    public IReadOnlyCollection<XElement> GetAllElements() =>
        [.. Task.Run(() => store.ListDocumentsAsync(Kind, "", MostKeys, CancellationToken.None)).GetAwaiter().GetResult().Select(d => XElement.Parse(d.Json))];

    public void StoreElement(XElement element, string friendlyName) =>
        Task.Run(() => store.WriteDocumentAsync(new(Kind, friendlyName, "1", element.ToString(SaveOptions.DisableFormatting)), null, CancellationToken.None)).GetAwaiter().GetResult();
}

/// <summary>Encrypts these keys as all other secrets in the store.</summary>
internal sealed class KeyEncryption(SecretBox secrets) : IXmlEncryptor
{
    public EncryptedXmlInfo Encrypt(XElement plaintextElement) => new(
        new("encryptedKey", Convert.ToBase64String(secrets.Encrypt(System.Text.Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting))))),
        typeof(KeyDecryption));
}

/// <summary>Made by the framework, by its name in the stored key.</summary>
internal sealed class KeyDecryption(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement) =>
        XElement.Parse(System.Text.Encoding.UTF8.GetString(services.GetRequiredService<SecretBox>().Decrypt(Convert.FromBase64String(encryptedElement.Value))));
}
