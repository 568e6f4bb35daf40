using EdgeOperator.Testing;

namespace EdgeOperator.Functions.Tests.Matrix;

/// <summary>The hosts of all kinds of workers, started when they are first asked for.</summary>
public sealed class MatrixHosts : IAsyncLifetime
{
    private readonly Dictionary<string, MatrixHost> _hosts = [];

    internal MatrixHost this[string kind] => _hosts.TryGetValue(kind, out var host) ? host : _hosts[kind] = new(kind);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var host in _hosts.Values)
            await host.DisposeAsync();
    }
}

/// <summary>
/// What comes of a call for every kind of worker and trigger, with and without a further output, whatever happens to it. Expected is what the
/// cloud does: a request's function is run once, a message's until it succeeds or has failed maxDequeueCount times (two here), then it is
/// poison; an output is written by success alone.
/// </summary>
public sealed class OutcomeTests(MatrixHosts hosts) : IClassFixture<MatrixHosts>
{
    private const string Long = "00:10:00";
    private const string Short = "00:00:02";

    private static readonly string[] Kinds = ["HttpRequestData", "ASP.NET Core", "Node.js", "custom handler"];
    private static readonly string[] Happenings = ["nothing", "throws", "times out", "client leaves", "worker killed", "deployed again"];

    public static TheoryData<string, string, bool, string> Cases()
    {
        var cases = new TheoryData<string, string, bool, string>();
        foreach (var kind in Kinds)
        {
            foreach (var happening in Happenings)
            {
                foreach (var withOutput in (bool[])[false, true])
                {
                    // Seconds each: with an output, which must not be written, it is the same and more.
                    if (happening == "times out" && !withOutput)
                        continue;
                    cases.Add(kind, "http", withOutput, happening);
                    if (happening != "client leaves")
                        cases.Add(kind, "queue", withOutput, happening);
                }
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_call_ends_as_in_the_cloud(string kind, string trigger, bool withOutput, string happening)
    {
        var host = hosts[kind];
        await host.PrepareAsync(happening == "times out" ? Short : Long);
        var call = new Call(host, $"id{Guid.NewGuid():N}"[..20], withOutput, happening);
        if (trigger == "http")
            await RequestAsync(call, Status(kind, withOutput, happening));
        else
            await MessageAsync(call);
    }

    private static async Task RequestAsync(Call call, int? status)
    {
        using var client = new CancellationTokenSource();
        var request = call.Host.RequestAsync(call.What, call.Id, call.WithOutput, client.Token);
        await call.HappenAsync(client);

        (await request).Should().Be(status);
        if (call.Happening == "client leaves")
        {
            // Whether its function goes on is for the function to say: the worker is none the worse for it.
            (await call.Host.RequestAsync("nothing", $"{call.Id}b", withOutput: false, default)).Should().Be(200);
        }
        else if (call.Succeeds)
        {
            await Eventually.SucceedsAsync(async () => (await call.Host.OutputAsync(call.Id)).Should().Be(call.WithOutput ? 1 : 0));
        }
        else
        {
            (await call.Host.OutputAsync(call.Id)).Should().Be(0);
        }

        call.CheckRuns(1);
    }

    private static async Task MessageAsync(Call call)
    {
        var poison = await call.Host.PoisonAsync(call.WithOutput);
        await call.Host.SendAsync(call.What, call.Id, call.WithOutput);
        await call.HappenAsync(client: null);

        await Eventually.SucceedsAsync(
            async () =>
            {
                (await call.Host.WaitingAsync(call.WithOutput)).Should().Be(0);
                (await call.Host.PoisonAsync(call.WithOutput)).Should().Be(poison + (call.Fails ? 1 : 0));
            },
            Eventually.Slow);
        (await call.Host.OutputAsync(call.Id)).Should().Be(call.WithOutput && !call.Fails ? 1 : 0);
        call.CheckRuns(call.Fails || call.Happening == "worker killed" ? 2 : 1);
    }

    // A forwarded request has the status of a gateway; a function that is invoked and fails is a 500.
    private static int? Status(string kind, bool withOutput, string happening) => (happening, kind) switch
    {
        ("nothing" or "deployed again", _) => 200,
        ("client leaves", _) => null,
        ("times out", "ASP.NET Core") => 504,
        ("worker killed", "ASP.NET Core") => 502,
        ("worker killed", "Node.js" or "custom handler") when !withOutput => 502,
        _ => 500,
    };

    private sealed record Call(MatrixHost Host, string Id, bool WithOutput, string Happening)
    {
        public string What => Happening switch { "nothing" => "nothing", "throws" => "throw", "times out" => "hang", _ => "wait" };

        public bool Fails => Happening is "throws" or "times out";

        /// <summary>Of a request, which is not run again.</summary>
        public bool Succeeds => !Fails && Happening != "worker killed";

        // One whose time is over may not even have come to note that it runs.
        public void CheckRuns(int expected) => Host.Runs(Id).Should().BeInRange(Happening == "times out" ? 0 : expected, expected);

        public async Task HappenAsync(CancellationTokenSource? client)
        {
            if (What != "wait")
                return;
            await Eventually.TrueAsync("the function runs", () => Host.Runs(Id) == 1, Eventually.Slow);
            switch (Happening)
            {
                case "client leaves":
                    await client!.CancelAsync();
                    break;
                case "worker killed":
                    await Host.KillWorkerAsync();
                    break;
                case "deployed again":
                    await Host.DeployAgainAsync();
                    break;
            }

            Host.Release(Id);
        }
    }
}
