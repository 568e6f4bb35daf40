using System.Net.Sockets;
using System.Text;
using EdgeOperator.Agent.Engine;
using EdgeOperator.Testing;

namespace EdgeOperator.Agent.Tests.Kinds.EdgeModule;

/// <summary>What a client sees of engines that misbehave: a socket that answers as it is told.</summary>
public sealed class EngineTransportTests : IDisposable
{
    private const string Ping = "HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Length: 2\r\n\r\nOK";

    private readonly TempFolder _folder = new();
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly DockerEngine _engine;

    // Held, since a connection that is collected is closed.
    private readonly List<Socket> _connections = [];

    public EngineTransportTests()
    {
        _listener.Bind(new UnixDomainSocketEndPoint($"{_folder}/s"));
        _listener.Listen();
        _engine = new(new($"unix://{_folder}/s"));
    }

    public void Dispose()
    {
        _engine.Dispose();
        _connections.ForEach(c => c.Dispose());
        _listener.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("1.41", "1.41")]
    [InlineData("1.24", "1.24")]
    [InlineData("1.99", "1.47")]
    public async Task The_lower_version_of_the_two_is_agreed_on(string offered, string expected)
    {
        var requests = AnswerAsync(Ping.Replace("1.41", offered), Json("200 OK", "[]"));

        await _engine.ListImagesAsync(CancellationToken.None);

        (await requests)[1].Should().StartWith($"GET /v{expected}/images/json HTTP/1.1");
    }

    [Fact]
    public async Task The_engines_own_message_is_passed_on_in_one_line()
    {
        var requests = AnswerAsync(Ping, Json("409 Conflict", """{"message":"the name\n is   taken"}"""));

        var failure = await FailureAsync(_engine.RenameContainerAsync("a/b", "c d", CancellationToken.None));

        failure.Should().BeEquivalentTo(new { Message = "the name is taken", IsConflict = true, IsUnavailable = false });
        (await requests)[1].Should().StartWith("POST /v1.41/containers/a%2Fb/rename?name=c%20d HTTP/1.1");
    }

    [Theory]
    [InlineData("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", "the engine answered 500", false)]
    [InlineData("HTTP/1.1 502 Bad\r\nContent-Length: 4\r\n\r\n<ht>", "<ht>", false)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "was not understood", false)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnull", "was not understood", false)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n[", "prematurely", true)]
    [InlineData("gibberish\r\n\r\n", "invalid", true)]
    public async Task Broken_answers_are_failures(string answer, string words, bool unavailable)
    {
        var requests = AnswerAsync(Ping, answer);

        var failure = await FailureAsync(_engine.ListImagesAsync(CancellationToken.None));

        failure.Message.Should().ContainEquivalentOf(words);
        failure.IsUnavailable.Should().Be(unavailable);
        await requests;
    }

    [Fact]
    public async Task Something_else_than_an_engine_is_recognised()
    {
        var requests = AnswerAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");

        (await FailureAsync(_engine.ListImagesAsync(CancellationToken.None))).Message.Should().Contain($"{_folder}/s is no Docker-compatible engine");
        await requests;
    }

    [Fact]
    public async Task A_pull_on_which_the_engine_says_nothing_is_cut()
    {
        var requests = AnswerAsync(Ping, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n12\r\n{\"status\":\"hello\"}\r\n1\r\n\n\r\n");
        var seen = new List<PullMessage>();

        var pulling = async () =>
        {
            await foreach (var message in _engine.PullImageAsync("r.example/web@sha256:" + new string('a', 64), "header", TimeSpan.FromMilliseconds(300), CancellationToken.None))
            {
                seen.Add(message);
            }
        };

        (await pulling.Should().ThrowAsync<EngineException>()).Which.InnerException.Should().BeAssignableTo<OperationCanceledException>();
        seen.Should().ContainSingle().Which.Status.Should().Be("hello");
        (await requests)[1].Should().StartWith($"POST /v1.41/images/create?fromImage=r.example%2Fweb&tag=sha256%3A{new string('a', 64)} HTTP/1.1")
            .And.Contain("X-Registry-Auth: header");
    }

    [Fact]
    public async Task Cancelling_is_not_a_failure_of_the_engine()
    {
        using var cancelled = new CancellationTokenSource();
        var requests = AnswerAsync(Ping);
        await _engine.NegotiateAsync(CancellationToken.None);
        await requests;

        var listing = _engine.ListImagesAsync(cancelled.Token);
        await cancelled.CancelAsync();

        await listing.Awaiting(l => l).Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task A_missing_socket_is_named_with_what_to_do()
    {
        using var engine = new DockerEngine(new($"unix://{_folder}/nobody"));

        (await FailureAsync(engine.ListImagesAsync(CancellationToken.None))).Message
            .Should().Contain($"no engine listens on unix://{_folder}/nobody").And.Contain("engine.socket");
    }

    private static async Task<EngineException> FailureAsync(Task call) => (await call.Awaiting(c => c).Should().ThrowAsync<EngineException>()).Which;

    private static string Json(string status, string body) => $"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}";

    /// <summary>Gives each request the next answer; an incomplete one is followed by the end of the connection.</summary>
    /// <returns>The requests.</returns>
    private async Task<List<string>> AnswerAsync(params string[] answers)
    {
        var requests = new List<string>();
        Socket? connection = null;
        foreach (var answer in answers)
        {
            connection ??= await _listener.AcceptAsync();
            var buffer = new byte[16 * 1024];
            var count = await connection.ReceiveAsync(buffer);
            requests.Add(Encoding.ASCII.GetString(buffer, 0, count));
            await connection.SendAsync(Encoding.ASCII.GetBytes(answer));
            _connections.Add(connection);
        }

        if (!answers[^1].Contains("chunked", StringComparison.Ordinal))
        {
            _connections.ForEach(c => c.Shutdown(SocketShutdown.Send));
        }

        return requests;
    }
}
