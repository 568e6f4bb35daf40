using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.Twins;
using EdgeOperator.Hub.Figures;
using EdgeOperator.Hub.Hosting;
using EdgeOperator.Hub.Identities;
using EdgeOperator.Hub.Replicas;
using EdgeOperator.Hub.Storage;
using EdgeOperator.Hub.Tests;

namespace EdgeOperator.Portal.Tests;

/// <summary>A real hub with its portal, a user of each role, and as many devices as are asked for.</summary>
public sealed partial class PortalUnderTest : IAsyncDisposable
{
    /// <summary>The number of the device that has told its figures for a day.</summary>
    private const int Measured = 7;

    private static readonly string[] Sites = ["berlin", "lagos", "lima", "oslo", "pune"];

    public HubUnderTest Hub { get; private init; } = null!;

    /// <summary>Where the portal is.</summary>
    public string Address => $"https://{Hub.Host}/portal";

    public static async Task<PortalUnderTest> StartAsync(int devices, string configuration = "")
    {
        var portal = new PortalUnderTest { Hub = HubUnderTest.Prepare(configuration) };
        await portal.SeedAsync(devices);
        await portal.Hub.StartProcessAsync();
        await portal.Hub.ReadAccessAsync();
        var password = portal.Hub.Log.Split("one-time password ")[1].Split(' ')[0];
        var first = new JsonObject { ["user"] = "admin", ["password"] = password, ["newPassword"] = Accounts.Password };
        (await portal.Hub.CallAsync("POST", "api/v1/login", first.ToJsonString(), "")).Status.Should().Be(HttpStatusCode.OK);
        await portal.Hub.BearerAsync("vera", "Viewer");
        await portal.Hub.BearerAsync("otto", "Operator");
        return portal;
    }

    /// <summary>A browser without a screen: it keeps cookies, and follows nothing by itself.</summary>
    /// <param name="user">Who signs in; null for nobody.</param>
    public async Task<PortalClient> ClientAsync(string? user)
    {
        var client = new PortalClient(Hub, Address);
        if (user is not null)
            (await client.SignInAsync(user, Accounts.Password)).Should().Be(HttpStatusCode.SeeOther, user);
        return client;
    }

    public ValueTask DisposeAsync() => Hub.DisposeAsync();

    // Written as devices would have, without ten thousand connections.
    private async Task SeedAsync(int devices)
    {
        Directory.CreateDirectory(Hub.Data);
        var (store, secrets) = await HubFolder.OpenAsync(Hub.ReadConfiguration(), Replica.New(), isServer: false, default);
        await using var database = store;
        using var box = secrets;
        foreach (var batch in Enumerable.Range(0, devices).Chunk(500))
            await Task.WhenAll(batch.Select(number => AddAsync(store, number)));
        if (devices > Measured)
            await AddFiguresAsync(store, $"till-{Measured:00000}");
    }

    // A day of them, as an agent sends them.
    private static async Task AddFiguresAsync(IHubStore store, string device)
    {
        var time = new MovingTime(TimeProvider.System.GetUtcNow().AddDays(-1));
        var figures = new DeviceFigures(store, time);
        for (var i = 0; i < 285; i++, time.Now += TimeSpan.FromMinutes(5))
        {
            var sent = new HostFigures
            {
                Cpu = 0.2 + (0.15 * Math.Sin(i / 20.0)) + (i % 40 == 0 ? 0.5 : 0),
                MemoryTotal = 4L << 30,
                MemoryAvailable = (long)((4L << 30) * (0.6 - (i * 0.0015))),
                Disks = [new("/", 30L << 30, (long)((30L << 30) * (0.35 - (i * 0.0009)))), new("/data", 100L << 30, 70L << 30)],
                Temperatures = [new("cpu-thermal", 48 + (6 * Math.Sin(i / 30.0)))],
            };
            await figures.AddAsync(device, JsonSerializer.SerializeToUtf8Bytes(sent, ProtocolJson.Default.HostFigures), default);
        }
    }

    private sealed class MovingTime(DateTimeOffset start) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = start;

        public override DateTimeOffset GetUtcNow() => Now;
    }

    private static async Task AddAsync(IHubStore store, int number)
    {
        var key = new IdentityKey($"till-{number:00000}");
        var now = DateTimeOffset.Parse("2026-01-01T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture);
        var tags = new JsonObject { ["labels"] = new JsonObject { ["site"] = Sites[number % Sites.Length], ["role"] = number % 3 == 0 ? "till" : "scale" } };
        var twin = Twin.Initial with
        {
            Tags = tags,
            Desired = TwinProperties.Initial.Patched(TwinSection.Desired, new() { ["edgeoperator"] = new JsonObject { ["labels"] = tags["labels"]!.DeepClone() } }, now),
        };
        (await store.AddAsync(new Identity(key, "1", "1") { PrimaryKey = new byte[32], SecondaryKey = new byte[32], IsEdge = true }, twin, default)).Should().BeTrue();
        (await store.WriteReportedAsync(key, TwinProperties.Initial.Version, TwinProperties.Initial.Patched(TwinSection.Reported, Report(number), now), default)).Should().BeTrue();
    }

    private static JsonObject Report(int number)
    {
        var (isReady, isStalled) = (number % 400 != 7, number % 900 == 11);
        var resources = new JsonObject();
        foreach (var name in (string[])["EdgeModule/web", "EdgeModule/db", "ConfigFile/motd", "ConfigFile/hosts"])
            resources[name] = new JsonObject { ["state"] = name.StartsWith("Edge", StringComparison.Ordinal) ? isReady ? "running" : "exited" : "in sync", ["ready"] = isReady ? "True" : "False" };
        return new()
        {
            ["edgeoperator"] = new JsonObject
            {
                ["agentVersion"] = "0.1.0",
                ["recipient"] = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p",
                ["desired"] = "site=4f1c2b7a90d3e5f60718293a4b5c6d7e8f901234",
                ["applied"] = "site=4f1c2b7a90d3e5f60718293a4b5c6d7e8f901234",
                ["lastGood"] = isReady ? "site=4f1c2b7a90d3e5f60718293a4b5c6d7e8f901234" : "site=77aa01c2b7a90d3e5f60718293a4b5c6d7e8f9012",
                ["suspended"] = false,
                ["conditions"] = new JsonObject
                {
                    ["Ready"] = new JsonObject { ["status"] = isReady ? "True" : "False", ["reason"] = isReady ? "Ready" : "Unhealthy", ["message"] = isReady ? "4 of 4 resources are ready" : "EdgeModule/web has exited with code 1, 3 times" },
                    ["Reconciling"] = new JsonObject { ["status"] = "False", ["reason"] = "UpToDate", ["message"] = "" },
                    ["Stalled"] = new JsonObject { ["status"] = isStalled ? "True" : "False", ["reason"] = isStalled ? "FetchFailed" : "Progressing", ["message"] = isStalled ? "registry.example.com does not answer" : "" },
                },
                ["sources"] = new JsonObject { ["site"] = new JsonObject { ["revision"] = "4f1c2b7a90d3e5f60718293a4b5c6d7e8f901234", ["ready"] = "True", ["reason"] = "Fetched" } },
                ["certificates"] = new JsonArray(
                    new JsonObject { ["name"] = "the device at hub.example.com", ["subject"] = $"CN=till-{number:00000}", ["expires"] = "2027-02-20T08:00:00Z", ["renews"] = true },
                    new JsonObject { ["name"] = "publishing of function apps", ["subject"] = "CN=till", ["expires"] = "2026-06-01T08:00:00Z", ["renews"] = false }),
                ["counts"] = new JsonObject { ["resources"] = 4, ["ready"] = isReady ? 4 : 0 },
                ["resources"] = resources,
            },
        };
    }

    [GeneratedRegex("name=\"antiforgery\" value=\"([^\"]+)\"|value=\"([^\"]+)\" name=\"antiforgery\"")]
    internal static partial Regex AntiforgeryField();
}

/// <summary>Requests to the portal as a browser makes them, with its cookies.</summary>
public sealed class PortalClient(HubUnderTest hub, string address)
{
    private readonly Dictionary<string, string> _cookies = [];

    public IReadOnlyDictionary<string, string> Cookies => _cookies;

    public async Task<HttpStatusCode> SignInAsync(string user, string password)
    {
        var (status, _, _) = await PostAsync("sign-in", [("_handler", "sign-in"), ("Form.User", user), ("Form.Password", password)]);
        return status;
    }

    public Task<(HttpStatusCode Status, string Body, string? Location)> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, null, headers);

    /// <summary>Posts a form with the proof that the page before held.</summary>
    /// <param name="page">Where the proof is read from; null for <paramref name="path"/>.</param>
    public async Task<(HttpStatusCode Status, string Body, string? Location)> PostAsync(string path, (string Name, string Value)[] fields, string? page = null)
    {
        var proof = await ProofAsync(page ?? path);
        return await PostAsWrittenAsync(path, [.. fields, ("antiforgery", proof)]);
    }

    public Task<(HttpStatusCode Status, string Body, string? Location)> PostAsWrittenAsync(string path, (string Name, string Value)[] fields, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, path, new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value))), headers);

    public async Task<string> ProofAsync(string page) =>
        PortalUnderTest.AntiforgeryField().Match((await GetAsync(page)).Body) is { Success: true } match ? match.Groups[1].Value + match.Groups[2].Value : "";

    public void Drop(string cookie) => _cookies.Remove(cookie);

    private async Task<(HttpStatusCode Status, string Body, string? Location)> SendAsync(HttpMethod method, string path, HttpContent? content, (string Name, string Value)[] headers)
    {
        using var client = hub.NewClient(null, followRedirects: false);
        using var request = new HttpRequestMessage(method, path.Length == 0 ? address : $"{address}/{path}") { Content = content };
        request.Headers.TryAddWithoutValidation("Cookie", string.Join("; ", _cookies.Select(c => $"{c.Key}={c.Value}")));
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await client.SendAsync(request);
        if (answer.Headers.TryGetValues("Set-Cookie", out var set))
            foreach (var cookie in set.Select(c => c.Split(';')[0].Split('=', 2)))
                if (cookie[1].Length > 0)
                    _cookies[cookie[0]] = cookie[1];
                else
                    _cookies.Remove(cookie[0]);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(), answer.Headers.Location?.OriginalString);
    }
}
