using System.Text;
using EdgeOperator.Hub.Tests.Storage;

namespace EdgeOperator.Hub.Tests.Security;

/// <summary>Whoever reads the database alone learns no key and no password.</summary>
[Collection(SharedPostgres.Name)]
public sealed class SecretsAtRestTests(SharedPostgres shared)
{
    [Fact]
    public async Task A_SQLite_database_has_no_secret_in_clear()
    {
        await using var hub = await HubUnderTest.StartAsync();
        var secrets = await MakeSecretsAsync(hub);
        await hub.StopAsync();

        foreach (var file in Directory.GetFiles(hub.Data, "hub.db*"))
            ShouldHaveNone(await File.ReadAllBytesAsync(file), secrets);
        File.GetUnixFileMode(Path.Combine(hub.Data, "secrets.key")).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task A_PostgreSQL_database_has_no_secret_in_clear()
    {
        var database = await shared.Server.CreateDatabaseAsync();
        await using var hub = await HubUnderTest.StartAsync(shared.Server.Configuration(database));
        var secrets = await MakeSecretsAsync(hub);

        var dump = Encoding.Latin1.GetBytes(await shared.Server.RunAsync("pg_dump", "--inserts", database));

        ShouldHaveNone(dump, secrets);
    }

    /// <summary>Keys of a device, a policy and an enrollment, a password and a token.</summary>
    private static async Task<List<string>> MakeSecretsAsync(HubUnderTest hub)
    {
        const string Password = "a password of eighteen or more";
        var secrets = new List<string> { await hub.CreateDeviceAsync("d"), hub.ConnectionString.Split("SharedAccessKey=")[1], Password, hub.OneTimePassword };
        var group = (await hub.CallAsync("PUT", "enrollmentGroups/g", """{"enrollmentGroupId":"g","attestation":{"type":"symmetricKey"}}""", hub.ProvisioningToken())).Body!;
        var keys = (await hub.CallAsync("POST", "enrollmentGroups/g/attestationmechanism", authorization: hub.ProvisioningToken())).Body!;
        secrets.Add(keys["symmetricKey"]!["primaryKey"]!.GetValue<string>());
        var login = (await hub.CallAsync("POST", "api/v1/login", $$"""{"user":"admin","password":"{{hub.OneTimePassword}}","newPassword":"{{Password}}"}""", "")).Body!;
        secrets.Add(login["token"]!.GetValue<string>());
        group["enrollmentGroupId"]!.GetValue<string>().Should().Be("g");
        return secrets;
    }

    private static void ShouldHaveNone(byte[] content, List<string> secrets)
    {
        content.AsSpan().IndexOf("enrollmentGroup"u8).Should().BePositive("it is the right database");
        foreach (var secret in secrets)
        {
            content.AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)).Should().Be(-1);
            if (Convert.TryFromBase64String(secret, new byte[secret.Length], out var length) && length >= 16)
            {
                var raw = Convert.FromBase64String(secret);
                content.AsSpan().IndexOf(raw).Should().Be(-1);
                content.AsSpan().IndexOf(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(raw))).Should().Be(-1);
            }
        }
    }
}
