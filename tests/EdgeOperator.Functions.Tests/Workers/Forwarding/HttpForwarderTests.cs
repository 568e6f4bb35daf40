using System.Net;
using System.Net.Sockets;
using System.Text;
using EdgeOperator.Functions.Workers;
using EdgeOperator.Functions.Workers.Forwarding;
using EdgeOperator.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace EdgeOperator.Functions.Tests.Workers.Forwarding;

public sealed class HttpForwarderTests
{
    private static readonly HttpClient Client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { Timeout = Eventually.Deadline };

    [Fact]
    public async Task A_request_arrives_as_it_was_sent()
    {
        await using var worker = await Web.StartAsync(async context =>
        {
            var body = await new StreamReader(context.Request.Body).ReadToEndAsync();
            var seen = context.Request.Headers;
            await context.Response.WriteAsync(string.Join('\n',
                context.Request.Method,
                context.Features.Get<IHttpRequestFeature>()!.RawTarget,
                seen.Host, seen["X-Many"], seen.ContentType, seen["traceparent"], seen["X-Forwarded-Proto"], seen["X-Forwarded-Host"],
                seen["X-Forwarded-For"], seen["X-Id"], body));
        });
        await using var front = await FrontAsync(worker);

        using var request = new HttpRequestMessage(HttpMethod.Patch, front.Url + "/api/a%2Fb/%C3%A4?x=1&y=%20z")
        {
            Content = new StringContent("grüße", Encoding.UTF8, "text/plain"),
            Headers =
            {
                Host = "device.example",
            },
        };
        request.Headers.Add("X-Many", ["one", "two"]);
        request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        request.Headers.Add("X-Forwarded-For", "6.6.6.6");
        request.Headers.Add("X-Id", "spoofed");
        using var response = await Client.SendAsync(request);

        (await response.Content.ReadAsStringAsync()).Split('\n').Should().Equal(
            "PATCH", "/api/a%2Fb/%C3%A4?x=1&y=%20z", "device.example", "one, two", "text/plain; charset=utf-8",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "http", "device.example", "127.0.0.1", "42", "grüße");
    }

    [Fact]
    public async Task What_is_meant_for_one_connection_alone_goes_no_further()
    {
        await using var worker = await Web.StartAsync(context =>
            context.Response.WriteAsync($"{context.Request.Headers["X-Hop"]}|{context.Request.Headers["X-End"]}"));
        await using var front = await FrontAsync(worker);

        using var request = new HttpRequestMessage(HttpMethod.Get, front.Url);
        request.Headers.Connection.Add("x-hop");
        request.Headers.Add("X-Hop", "here");
        request.Headers.Add("X-End", "there");
        using var response = await Client.SendAsync(request);

        (await response.Content.ReadAsStringAsync()).Should().Be("|there");
    }

    [Theory]
    [InlineData(302)]
    [InlineData(404)]
    [InlineData(418)]
    [InlineData(500)]
    public async Task An_answer_comes_back_as_it_is_redirects_and_cookies_too(int status)
    {
        await using var worker = await Web.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = "http://elsewhere/";
            context.Response.Headers.SetCookie = new(["a=1", "b=2"]);
            context.Response.Headers.ContentEncoding = "gzip";
            context.Response.Headers.Connection = "close";
            return context.Response.WriteAsync("not really gzip");
        });
        await using var front = await FrontAsync(worker);

        using var response = await Client.GetAsync(front.Url);

        ((int)response.StatusCode).Should().Be(status);
        response.Headers.Location.Should().Be("http://elsewhere/");
        response.Headers.GetValues("Set-Cookie").Should().Equal("a=1", "b=2");
        response.Content.Headers.ContentEncoding.Should().Equal("gzip");
        response.Headers.Connection.Should().BeEmpty();
        (await response.Content.ReadAsStringAsync()).Should().Be("not really gzip");
        front.Succeeded.Should().Be(status < 500);
    }

    [Fact]
    public async Task Streams_flow_both_ways_at_once()
    {
        await using var worker = await Web.StartAsync(async context =>
        {
            var buffer = new byte[64];
            for (int count; (count = await context.Request.Body.ReadAsync(buffer)) > 0;)
            {
                await context.Response.Body.WriteAsync(buffer.AsMemory(0, count));
                await context.Response.Body.FlushAsync();
            }
        });
        await using var front = await FrontAsync(worker);
        using var socket = new TcpClient();
        await socket.ConnectAsync((IPEndPoint)front.Web.Endpoint);
        using var stream = socket.GetStream();
        using var reader = new StreamReader(stream);
        await stream.WriteAsync("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray());

        foreach (var word in (string[])["first", "second"])
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"{word.Length:x}\r\n{word}\r\n"));
            (await LineAsync(reader, word)).Should().Be(word, "it is sent back before the request ends");
        }

        await stream.WriteAsync("0\r\n\r\n"u8.ToArray());
        (await LineAsync(reader, "0")).Should().Be("0");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_large_body_passes_unchanged(bool chunked)
    {
        var sent = new byte[20_000_000];
        new Random(1).NextBytes(sent);
        using var folder = new TempFolder();
        await using var worker = await Web.StartAsync(EchoAsync, folder.File("w.sock"));
        await using var front = await FrontAsync(worker);

        using var request = new HttpRequestMessage(HttpMethod.Post, front.Url) { Content = new ByteArrayContent(sent) };
        request.Headers.TransferEncodingChunked = chunked;
        using var response = await Client.SendAsync(request);

        (await response.Content.ReadAsByteArrayAsync()).AsSpan().SequenceEqual(sent).Should().BeTrue();

        async Task EchoAsync(HttpContext context)
        {
            // Whole, because the test's client reads nothing before it has sent everything.
            using var whole = new MemoryStream();
            await context.Request.Body.CopyToAsync(whole);
            context.Response.ContentLength = chunked ? null : whole.Length;
            whole.Position = 0;
            await whole.CopyToAsync(context.Response.Body);
        }
    }

    [Theory]
    [InlineData("HTTP/1.0 200 OK\r\nX: y\r\n\r\nuntil the end", "until the end")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfour", "four")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 99\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: t\r\n\r\n", "abcde")]
    [InlineData("HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n", "")]
    public async Task Every_form_of_body_is_understood(string answer, string expected)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = AnswerAsync(listener, answer);
        await using var front = await FrontAsync(listener.LocalEndpoint);

        (await Client.GetStringAsync(front.Url)).Should().Be(expected);

        listener.Stop();
        await serving;
        front.Succeeded.Should().BeTrue();
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent Length: 1\r\n\r\nx")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nx")]
    [InlineData("HTTP/1.1 2000 OK\r\n\r\n")]
    public async Task A_malformed_head_is_not_passed_on(string answer)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = AnswerAsync(listener, answer);
        await using var front = await FrontAsync(listener.LocalEndpoint);

        using var response = await Client.GetAsync(front.Url);

        response.StatusCode.Should().Be(HttpStatusCode.BadGateway);
        listener.Stop();
        await serving;
    }

    [Fact]
    public async Task A_request_that_may_change_something_is_sent_once()
    {
        var requests = 0;
        await using var worker = await Web.StartAsync(context =>
        {
            if (Interlocked.Increment(ref requests) > 1)
            {
                context.Abort();
            }

            return Task.CompletedTask;
        });
        await using var front = await FrontAsync(worker);
        (await Client.PostAsync(front.Url, null)).StatusCode.Should().Be(HttpStatusCode.OK);

        using var response = await Client.PostAsync(front.Url, null);

        response.StatusCode.Should().Be(HttpStatusCode.BadGateway);
        requests.Should().Be(2);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    [InlineData("POST")]
    public async Task A_request_whose_worker_hangs_up_is_not_sent_again(string method)
    {
        var requests = 0;
        await using var worker = await Web.StartAsync(context =>
        {
            if (context.Request.Path == "/leave")
            {
                Interlocked.Increment(ref requests);
                context.Abort();
            }

            return Task.CompletedTask;
        });
        await using var front = await FrontAsync(worker);
        (await Client.GetAsync(front.Url)).StatusCode.Should().Be(HttpStatusCode.OK, "the next request has a connection that was used");

        using var first = await Client.SendAsync(new(new(method), front.Url + "/leave"));
        using var onNew = await Client.SendAsync(new(new(method), front.Url + "/leave"));

        first.StatusCode.Should().Be(HttpStatusCode.BadGateway);
        onNew.StatusCode.Should().Be(HttpStatusCode.BadGateway);
        requests.Should().Be(2);
        front.Lost!.Reached.Should().BeTrue();
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    public async Task A_worker_that_closes_idle_connections_is_connected_to_again(string method)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var closed = new SemaphoreSlim(0);
        var serving = AnswerAsync(listener, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", closed);
        await using var front = await FrontAsync(listener.LocalEndpoint);

        for (var i = 0; i < 20; i++)
        {
            using var request = new HttpRequestMessage(new(method), front.Url) { Content = method == "GET" ? null : new StringContent("x") };
            using var response = await Client.SendAsync(request);
            (await response.Content.ReadAsStringAsync()).Should().Be("ok");
            await closed.WaitAsync();
        }

        listener.Stop();
        await serving;
    }

    [Theory]
    [InlineData("Content-Length: 10000000")]
    [InlineData("Transfer-Encoding: chunked")]
    public async Task A_worker_that_answers_without_the_body_ends_the_request(string framing)
    {
        await using var worker = await Web.StartAsync(context =>
        {
            context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            return context.Response.WriteAsync("no more");
        });
        await using var front = await FrontAsync(worker);
        using var socket = new TcpClient();
        await socket.ConnectAsync((IPEndPoint)front.Web.Endpoint);
        using var stream = socket.GetStream();
        using var reader = new StreamReader(stream);

        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nHost: x\r\n{framing}\r\n\r\n"));

        (await reader.ReadLineAsync()).Should().StartWith("HTTP/1.1 413");
        await Eventually.TrueAsync("it has ended", () => front.Succeeded == true);
        (await Client.GetAsync(front.Url)).StatusCode.Should().Be(HttpStatusCode.RequestEntityTooLarge, "nothing of the first body is left");
    }

    [Theory]
    [InlineData("Content-Length: 100\r\n\r\nhalf")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")]
    public async Task A_body_that_breaks_off_is_the_clients_fault_and_no_whole_request(string rest)
    {
        var ended = new TaskCompletionSource<string>();
        var begun = new TaskCompletionSource();
        await using var worker = await Web.StartAsync(async context =>
        {
            begun.TrySetResult();
            try
            {
                await context.Request.Body.CopyToAsync(Stream.Null);
                ended.TrySetResult("whole");
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                ended.TrySetResult("cut");
            }
        });
        await using var front = await FrontAsync(worker);
        using (var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { LingerState = new(true, 0) })
        {
            await socket.ConnectAsync(front.Web.Endpoint);
            await socket.SendAsync(Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nHost: x\r\n{rest}"));
            await Eventually.TrueAsync("it is under way", () => front.Requests == 1);

            // A client that leaves before is none that the worker ever hears of.
            await Eventually.TrueAsync("the worker has it", () => begun.Task.IsCompleted);
        }

        (await ended.Task).Should().Be("cut");
        await Eventually.TrueAsync("it has ended", () => front.Failure is not null);
        front.Failure.Should().Match(e => e is BadHttpRequestException || e is OperationCanceledException);
        front.Lost.Should().BeNull();
    }

    [Fact]
    public async Task A_thousand_requests_at_once_keep_their_answers_apart()
    {
        await using var worker = await Web.StartAsync(context => context.Response.WriteAsync(context.Request.Query["n"]!));
        await using var front = await FrontAsync(worker);

        var answers = await Task.WhenAll(Enumerable.Range(0, 1000).Select(n => Client.GetStringAsync($"{front.Url}/?n={n}")));

        answers.Should().Equal(Enumerable.Range(0, 1000).Select(n => n.ToString()));
    }

    [Fact]
    public async Task A_body_over_the_limit_is_the_clients_fault()
    {
        await using var worker = await Web.StartAsync(context => context.Request.Body.CopyToAsync(Stream.Null));
        await using var front = await FrontAsync(worker, bodyLimit: 1000);

        using var request = new HttpRequestMessage(HttpMethod.Post, front.Url) { Content = new StreamContent(new MemoryStream(new byte[5000])) };
        request.Headers.TransferEncodingChunked = true;
        using var response = await Client.SendAsync(request);

        response.StatusCode.Should().Be(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task A_worker_that_is_not_there_was_not_reached()
    {
        await using var front = await FrontAsync(new IPEndPoint(IPAddress.Loopback, FreePort.Next()));

        using var response = await Client.GetAsync(front.Url);

        response.StatusCode.Should().Be(HttpStatusCode.BadGateway);
        front.Lost!.Reached.Should().BeFalse();
    }

    [Theory]
    [InlineData("", "*hung up*")]
    [InlineData("Good morning\r\n\r\n", "*no HTTP*")]
    public async Task A_worker_that_answers_no_HTTP_is_lost(string answer, string expected)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = AnswerAsync(listener, answer);
        await using var front = await FrontAsync(listener.LocalEndpoint);

        using var response = await Client.GetAsync(front.Url);

        response.StatusCode.Should().Be(HttpStatusCode.BadGateway);
        front.Lost!.Reached.Should().BeTrue();
        front.Lost.Message.Should().Match(expected);
        listener.Stop();
        await serving;
    }

    [Fact]
    public async Task An_answer_that_breaks_off_does_not_look_whole()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = AnswerAsync(listener, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
        await using var front = await FrontAsync(listener.LocalEndpoint);

        var get = () => Client.GetStringAsync(front.Url);

        await get.Should().ThrowAsync<HttpRequestException>();
        listener.Stop();
        await serving;
        front.Succeeded.Should().BeFalse();
    }

    private static async Task<string> LineAsync(StreamReader reader, string wanted)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            if (line == wanted)
            {
                return line;
            }
        }

        return "the end";
    }

    private static async Task AnswerAsync(TcpListener listener, string answer, SemaphoreSlim? closed = null)
    {
        try
        {
            while (true)
            {
                using (var socket = await listener.AcceptSocketAsync())
                {
                    await socket.ReceiveAsync(new byte[4096]);
                    await socket.SendAsync(Encoding.ASCII.GetBytes(answer));
                }

                closed?.Release();
            }
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException)
        {
            // Stopped.
        }
    }

    private static Task<Front> FrontAsync(Web worker, long? bodyLimit = null) => FrontAsync(worker.Endpoint, bodyLimit);

    private static async Task<Front> FrontAsync(EndPoint worker, long? bodyLimit = null)
    {
        var front = new Front(worker);
        front.Web = await Web.StartAsync(front.AnswerAsync, bodyLimit: bodyLimit);
        return front;
    }

    private sealed class Front(EndPoint worker) : IAsyncDisposable
    {
        private readonly WorkerClient _client = new(worker);

        public Web Web { get; set; } = null!;

        public string Url => Web.Url;

        public bool? Succeeded { get; private set; }

        public WorkerLostException? Lost { get; private set; }

        public Exception? Failure { get; private set; }

        public int Requests { get; private set; }

        public async Task AnswerAsync(HttpContext context)
        {
            try
            {
                Requests++;
                Succeeded = await new HttpForwarder(_client).ForwardAsync(context, [new("X-Id", "42")], context.RequestAborted);
            }
            catch (WorkerLostException e)
            {
                Lost = e;
                context.Response.StatusCode = StatusCodes.Status502BadGateway;
            }
            catch (Exception e)
            {
                Failure = e;
                throw;
            }
        }

        public async ValueTask DisposeAsync()
        {
            await Web.DisposeAsync();
            _client.Dispose();
        }
    }
}
