using System.Net.Http.Headers;
using EdgeOperator.EndToEndTests.Support;
using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.EndToEndTests;

/// <summary>Why an image does not come is shown until it has come.</summary>
[Collection(AtSite.Name)]
public class PullFailureTests(Site site)
{
    private const string ManifestList = "application/vnd.docker.distribution.manifest.list.v2+json";
    private const string Manifest = "application/vnd.docker.distribution.manifest.v2+json";

    private static readonly (string Module, string Reason, string Words)[] Failures =
    [
        ("missing", "ImageNotFound", "manifest unknown"),
        ("far", "RegistryUnreachable", "connection refused"),
        ("locked", "RegistryUnauthorized", "no basic auth credentials"),
        ("foreign", "NoImageForPlatform", "no matching manifest"),
    ];

    [Fact]
    public async Task Status_get_and_describe_show_why_a_pull_failed_until_the_image_has_come()
    {
        var (farPort, lockedPort) = (FreePort.Next(), FreePort.Next());
        var locked = await PrivateRegistry.StartAsync(authenticated: true, lockedPort);
        try
        {
            await PushForAsync("arm64");
            using var repository = await Repository.CreateAsync();
            await using var device = site.NewDevice(repository.Url, new() { Deadline = "30m" });
            var commit = await repository.CommitAsync(
                ("missing.yaml", Manifests.Module("missing", site.Image("sleeper:later"))),
                ("far.yaml", Manifests.Module("far", $"127.0.0.1:{farPort}/sleeper:1")),
                ("locked.yaml", Manifests.Module("locked", $"{locked.Address}/sleeper:1")),
                ("foreign.yaml", Manifests.Module("foreign", site.Image("foreign:1"))));
            await device.StartAsync();

            await Eventually.SucceedsAsync(() => ShowsAsync(device), Eventually.Slow);
            for (var pass = 0; pass < 3; pass++)
            {
                await device.ReconcileAsync();
                await ShowsAsync(device);
            }

            await TestImage.Sleeper("later").PushAsync(site.Registry);
            await locked.StopAsync();
            await using var open = await PrivateRegistry.StartAsync(port: lockedPort);
            await using var far = await PrivateRegistry.StartAsync(port: farPort);
            await TestImage.Sleeper().PushAsync(open);
            await TestImage.Sleeper().PushAsync(far);
            await PushForAsync("amd64");
            await device.ReconcileAsync();

            await device.ReachesAsync(commit, TimeSpan.FromMinutes(10));
            (await TextAsync(device, "status")).Should().NotContain("could not be pulled");
            (await TextAsync(device, "get")).Should().NotContain("could not be pulled");
            foreach (var (module, reason, _) in Failures)
                (await ConditionsAsync(device, module)).Should().NotContain(reason);
        }
        finally
        {
            await locked.DisposeAsync();
        }
    }

    private static async Task ShowsAsync(Device device)
    {
        var status = await TextAsync(device, "status");
        var list = await TextAsync(device, "get");
        foreach (var (module, reason, words) in Failures)
        {
            status.Split('\n').Should().Contain(line => line.StartsWith($"EdgeModule/{module} ") && line.Contains("could not be pulled") && line.Contains(words));
            list.Split('\n').Should().Contain(line => line.StartsWith($"EdgeModule/{module} ") && line.Contains("could not be pulled") && line.Contains(words));
            (await ConditionsAsync(device, module)).Should().Contain(reason).And.Contain(words);
        }
    }

    /// <summary>What <c>describe</c> says before the events, which tell of what is over too.</summary>
    private static async Task<string> ConditionsAsync(Device device, string module) =>
        (await TextAsync(device, "describe", "EdgeModule", module)).Split("\nTIME ")[0];

    private static async Task<string> TextAsync(Device device, params string[] verb) => (await device.EdgeopAsync(verb)).Output;

    /// <summary>Pushes <c>foreign:1</c>, an index of images with one for a single architecture.</summary>
    private async Task PushForAsync(string architecture)
    {
        await (TestImage.Sleeper() with { Name = "foreign:any" }).PushAsync(site.Registry);
        using var http = new HttpClient { BaseAddress = new($"http://{site.Registry.Address}/v2/foreign/manifests/") };
        http.DefaultRequestHeaders.Accept.Add(new(Manifest));
        using var image = await http.GetAsync(new Uri("any", UriKind.Relative));
        using var list = new StringContent(
            $$$"""
            {"schemaVersion": 2, "mediaType": "{{{ManifestList}}}", "manifests": [{
              "mediaType": "{{{Manifest}}}", "size": {{{image.Content.Headers.ContentLength}}}, "digest": "{{{image.Headers.GetValues("Docker-Content-Digest").Single()}}}",
              "platform": {"os": "linux", "architecture": "{{{architecture}}}"}}]}
            """,
            new MediaTypeHeaderValue(ManifestList));
        (await http.PutAsync(new Uri("1", UriKind.Relative), list)).EnsureSuccessStatusCode();
    }
}
