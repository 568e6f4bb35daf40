using System.Security.Cryptography;
using System.Text.Json;
using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Security;

[Flags]
internal enum Rights
{
    None = 0,
    RegistryRead = 1,
    RegistryWrite = 2,
    ServiceConnect = 4,
    DeviceConnect = 8,
    Provisioning = 16,
    Administrate = 32,

    /// <summary>Reading by the hub's own API, which shows no keys.</summary>
    View = 64,

    /// <summary>Letting devices join, and reading logs.</summary>
    Operate = 128,
}

/// <param name="PrimaryKey">Either key is accepted, so that they can be changed one after the other.</param>
internal sealed record Policy(string Name, Rights Rights, byte[] PrimaryKey, byte[] SecondaryKey);

/// <summary>The shared access policies, under the names that IoT Hub and DPS give them. Their keys are made on first start.</summary>
internal sealed class Policies
{
    private const string Kind = "policy";

    private static readonly (string Name, Rights Rights)[] Known =
    [
        ("iothubowner", Rights.RegistryRead | Rights.RegistryWrite | Rights.ServiceConnect | Rights.DeviceConnect | Rights.Administrate | Rights.Operate),
        ("service", Rights.ServiceConnect),
        ("device", Rights.DeviceConnect),
        ("registryRead", Rights.RegistryRead),
        ("registryReadWrite", Rights.RegistryRead | Rights.RegistryWrite),
        ("provisioningserviceowner", Rights.Provisioning),
    ];

    private readonly Dictionary<string, Policy> _policies;

    private Policies(IEnumerable<Policy> policies) => _policies = policies.ToDictionary(p => p.Name, StringComparer.OrdinalIgnoreCase);

    public static async Task<Policies> OpenAsync(IHubStore store, SecretBox secrets, CancellationToken cancellation)
    {
        var policies = new List<Policy>();
        foreach (var (name, rights) in Known)
        {
            var document = await store.FindDocumentAsync(Kind, name, cancellation);
            if (document is null)
            {
                var made = JsonSerializer.Serialize<byte[][]>([secrets.Encrypt(RandomNumberGenerator.GetBytes(32)), secrets.Encrypt(RandomNumberGenerator.GetBytes(32))]);
                await store.WriteDocumentAsync(new(Kind, name, "1", made), null, cancellation);
                document = (await store.FindDocumentAsync(Kind, name, cancellation))!;
            }

            var keys = JsonSerializer.Deserialize<byte[][]>(document.Json)!;
            policies.Add(new(name, rights, secrets.Decrypt(keys[0]), secrets.Decrypt(keys[1])));
        }

        return new(policies);
    }

    public IEnumerable<string> Names => _policies.Values.Select(p => p.Name);

    public Policy? Find(string name) => _policies.GetValueOrDefault(name);
}
