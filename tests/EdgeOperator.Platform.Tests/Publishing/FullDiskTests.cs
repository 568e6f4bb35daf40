using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using EdgeOperator.Platform.Publishing;
using EdgeOperator.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeOperator.Platform.Tests.Publishing;

/// <summary>Packages are published to a device whose disk is full, by one page less each time.</summary>
public sealed class FullDiskTests
{
    private const int Page = 4096;

    [Fact]
    public async Task A_package_that_does_not_fit_is_answered_so_changes_nothing_and_leaves_no_space_taken()
    {
        await using var disk = await TinyDisk.MountAsync(1024);
        var app = new PublishStore(Path.Combine(disk.Path, "store")).Create("orders");
        var password = app.CreateCredentials(TimeProvider.System.GetUtcNow());
        await using var server = await PublishingServer.StartAsync(
            new(new(Path.Combine(disk.Path, "store")), new(), TimeProvider.System), new(IPAddress.Loopback, 0), null, null, NullLoggerFactory.Instance, CancellationToken.None);
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"$orders:{password}")));
        (await PublishAsync(0)).StatusCode.Should().Be(HttpStatusCode.Accepted);
        var served = app.History().Target!.Deployment;

        var failures = 0;
        for (var pages = 0; ; pages++)
        {
            disk.Fill();
            Shrink(Path.Combine(disk.Path, "filler"), pages * Page);
            using var answer = await PublishAsync(pages + 1);
            if (answer.StatusCode == HttpStatusCode.Accepted)
                break;

            failures++;
            answer.StatusCode.Should().Be(HttpStatusCode.InternalServerError);
            (await answer.Content.ReadAsStringAsync()).Should().Contain("be stored: No space left on device");
            app.History().Target!.Deployment.Should().Be(served);
            Files(Path.Combine(disk.Path, "store", "orders", "packages")).Should().Equal($"{served.Version}.zip");
            Files(Path.Combine(disk.Path, "store", "orders", "deployments")).Should().HaveCount(2);
        }

        failures.Should().BeGreaterThan(5, "the package alone has as many pages");
        app.History().All.Should().HaveCount(2);

        async Task<HttpResponseMessage> PublishAsync(int seed)
        {
            var noise = new byte[20_000];
            new Random(seed).NextBytes(noise);
            using var content = new ByteArrayContent(Packages.Zip(("host.json", "{}"), ("noise", Convert.ToBase64String(noise))));
            return await http.PostAsync(new Uri(server.Url, "api/zipdeploy?isAsync=true"), content);
        }
    }

    [Theory]
    [InlineData(Damage.Garbage)]
    [InlineData(Damage.Empty)]
    [InlineData(Damage.FolderInItsPlace)]
    public void A_package_whose_records_are_damaged_is_not_removed(Damage damage)
    {
        using var folder = new TempFolder();
        var app = new PublishStore(folder.File("store")).Create("orders");
        var first = Add("1");
        foreach (var record in Directory.GetFiles(folder.File("store/orders/deployments")))
            damage.Apply(record);

        var second = Add("2");

        app.History().All.Select(d => d.Deployment).Should().Equal(second);
        File.Exists(app.PackageOf(first.Version)).Should().BeTrue();

        Deployment Add(string content)
        {
            var incoming = app.IncomingFile;
            File.WriteAllText(incoming, content);
            return app.Add(incoming, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content))), new(), DateTimeOffset.UnixEpoch);
        }
    }

    private static void Shrink(string file, int by)
    {
        using var stream = new FileStream(file, FileMode.Open);
        stream.SetLength(Math.Max(0, stream.Length - by));
    }

    private static IEnumerable<string?> Files(string folder) => Directory.GetFiles(folder).Select(Path.GetFileName);
}
