namespace EdgeOperator.Functions.Tests.Security;

/// <summary>
/// Requests that say two things about where they end, or pretend to be the host's own: each is one request, or none. What is
/// smuggled asks for the function <c>sec</c>, whose key nobody here has. Raw, as sent over TCP.
/// </summary>
internal static class SmugglingCorpus
{
    private const string Smuggled = "GET /api/sec HTTP/1.1\r\nHost: x\r\n\r\n";
    private const string Load = "POST /load HTTP/1.1\r\nHost: x\r\nContent-Length: 60\r\n\r\n[{\"name\":\"sec\",\"script\":\"/etc/hostname\",\"bindings\":{\"a\":{}}}]";

    /// <summary>By name; each may reach a worker once at most.</summary>
    public static Dictionary<string, string> Single { get; } = Build();

    /// <summary>By name, with how many requests the host may pass on.</summary>
    public static Dictionary<string, (string Raw, int Requests)> Several { get; } = new()
    {
        ["pipelined"] = (Get("/api/anon") + Get("/api/anon") + Get("/api/anon"), 3),
        ["pipelined behind a protected function"] = (Get("/api/anon") + Get("/api/sec"), 1),
        ["pipelined behind a body"] = (Post("Content-Length: 3\r\n", "abc") + Post("Transfer-Encoding: chunked\r\n", Chunk("abc") + "0\r\n\r\n") + Get("/api/sec"), 2),
        ["pipelined behind a length of zero"] = (Post("Content-Length: 0\r\n", Get("/api/sec")), 1),
        ["pipelined behind an early end of chunks"] = (Post("Transfer-Encoding: chunked\r\n", "0\r\n\r\n" + Smuggled), 1),
        ["pipelined behind trailers"] = (Post("Transfer-Encoding: chunked\r\n", Chunk("abc") + "0\r\nContent-Length: 100\r\nX-EdgeOp-Function: sec\r\n\r\n" + Smuggled), 1),
    };

    private static Dictionary<string, string> Build()
    {
        var all = new Dictionary<string, string>();

        // Headers that the client calls its connection's own: what is left must be framed all the same.
        foreach (var listed in (string[])
            ["content-length", "Content-Length, close", "keep-alive, content-length", "transfer-encoding", "host", "cookie", "connection", "x-functions-key",
             "x-edgeop-function", "x-edgeop-secret", "x-forwarded-for", "x-ms-invocation-id", "x-azure-functions-invocationid", "expect", "content-type"])
        {
            all[$"Connection: {listed} (length)"] = Post($"Connection: {listed}\r\nContent-Length: {Smuggled.Length}\r\n", Smuggled);
            all[$"Connection: {listed} (chunked)"] = Post($"Connection: {listed}\r\nTransfer-Encoding: chunked\r\n", Chunk(Smuggled) + "0\r\n\r\n");
        }

        // The host's own calls and headers.
        all["a load in the body"] = Post($"Connection: content-length\r\nContent-Length: {Load.Length}\r\n", Load);
        foreach (var name in (string[])["x-edgeop-function", "X_EdgeOp_Function", "x_edgeop-function", "X-EDGEOP-FUNCTION", "x-edgeop-function\t"])
        {
            all[$"own header {name}"] = Get("/api/anon", $"{name}: sec\r\nx-edgeop-secret: 0\r\nx-edgeop-invocation: 1\r\n");
        }

        // Two lengths, or a length and chunks.
        all["CL.TE"] = Post($"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n" + Smuggled);
        all["TE.CL"] = Post($"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", Chunk(Smuggled) + "0\r\n\r\n");
        all["CL.CL"] = Post($"Content-Length: 0\r\nContent-Length: {Smuggled.Length}\r\n", Smuggled);
        all["CL.CL in one line"] = Post($"Content-Length: 0, {Smuggled.Length}\r\n", Smuggled);
        all["CL with a list of equals"] = Post($"Content-Length: {Smuggled.Length}, {Smuggled.Length}\r\n", Smuggled);
        foreach (var length in (string[])["+5", "-1", "0x5", "5 5", "5;", "5\t6", "99999999999999999999", "18446744073709551616", "", "5.0", "05e0", "\u00a05"])
        {
            all[$"Content-Length: \"{length}\""] = Post($"Content-Length: {length}\r\n", Smuggled);
        }

        // Encodings that are chunked for one reader and not for another.
        foreach (var encoding in (string[])
            ["xchunked", "chunked, identity", "identity, chunked", "identity", "chunked, chunked", "gzip, chunked", " chunked", "\tchunked", "chunked\t", "CHUNKED",
             "\"chunked\"", "chunked;q=1", "chunked, ", ",chunked", "\vchunked", "chunked\0", "\u00a0chunked", "x\r\n chunked"])
        {
            all[$"Transfer-Encoding: \"{encoding.ReplaceLineEndings("|")}\""] =
                Post($"Content-Length: 6\r\nTransfer-Encoding: {encoding}\r\n", "0\r\n\r\n" + Smuggled);
        }

        foreach (var header in (string[])
            ["Transfer-Encoding : chunked", " Transfer-Encoding: chunked", "Transfer_Encoding: chunked", "Transfer-Encoding\t: chunked", "Transfer-Encoding:\nchunked",
             "X: y\nTransfer-Encoding: chunked", "X: y\rTransfer-Encoding: chunked", "X: y\r\n\tTransfer-Encoding: chunked", "Transfer-Encoding\0: chunked",
             "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity"])
        {
            all[$"\"{header.Replace("\r", "<CR>", StringComparison.Ordinal).Replace("\n", "<LF>", StringComparison.Ordinal)}\""] =
                Post($"Content-Length: 6\r\n{header}\r\n", "0\r\n\r\n" + Smuggled);
        }

        // Chunks.
        foreach (var size in (string[])
            ["80000000", "FFFFFFFF", "7FFFFFFF", "100000000", "ffffffffffffffff", "10000000000000000", "-1", "+2", "0x2", " 2", "2 ", "g", "", "2;a=b", "2;a=\"\r\n\"", "2\n", "00000000000000000002"])
        {
            all[$"chunk size \"{size.ReplaceLineEndings("|")}\""] = Post("Transfer-Encoding: chunked\r\n", $"{size}\r\nab\r\n0\r\n\r\n");
        }

        all["a chunk longer than its size"] = Post("Transfer-Encoding: chunked\r\n", "2\r\nabcdef\r\n0\r\n\r\n" + Smuggled);
        all["chunks that end in line feeds"] = Post("Transfer-Encoding: chunked\r\n", "2\nab\n0\n\n" + Smuggled);
        all["a chunk's extension with a request in it"] = Post("Transfer-Encoding: chunked\r\n", $"2;\n{Smuggled}\r\nab\r\n0\r\n\r\n");

        // Whom the request is for.
        all["two hosts"] = $"GET /api/anon HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n";
        all["no host"] = "GET /api/anon HTTP/1.1\r\n\r\n";
        all["a folded host"] = "GET /api/anon HTTP/1.1\r\nHost: a\r\n b\r\n\r\n";
        all["an absolute target"] = "GET http://x/api/anon HTTP/1.1\r\nHost: x\r\n\r\n";
        all["an absolute target of another host"] = "GET http://y/api/anon HTTP/1.1\r\nHost: x\r\n\r\n";
        all["an absolute target with dots"] = "GET http://x/api/sec/../anon HTTP/1.1\r\nHost: x\r\n\r\n";
        foreach (var target in (string[])["/api/sec/../anon", "/api/sec/%2e%2e/anon", "/api/./anon", "/api/anon?/api/sec", "/api/anon#/../sec", "//api/sec", "/api/anon/../../api/sec"])
        {
            all[$"target {target}"] = Get(target);
        }

        // The function any takes whatever follows it, and a worker may read that as another function's path.
        foreach (var target in (string[])
            ["/api/any/..%2fsec", "/api/any/%2e%2e%2Fsec", "/api/any/..\\sec", "/api/any/..%5csec", "/api/any/..;/sec", "/api/any/.%09./sec", "/api/any/%252e%252e/sec",
             "/api/any/%252e%252e%252fsec", "/api/any/x/..%2f..%2f..%2fsec", "http://x/api/any/..%2fsec"])
        {
            all[$"target {target}"] = Get(target);
        }

        // Lines.
        all["line feeds alone"] = "GET /api/anon HTTP/1.1\nHost: x\n\n";
        all["a request in a header"] = Get("/api/anon", $"X: y\nContent-Length: 0\n\n{Smuggled}");
        all["spaces in the request line"] = "GET /api/anon HTTP/1.1 \r\nHost: x\r\n\r\n";
        all["two targets"] = "GET /api/anon /api/sec HTTP/1.1\r\nHost: x\r\n\r\n";
        all["a folded header"] = Get("/api/anon", "X: y\r\n GET /api/sec HTTP/1.1\r\n");
        all["HTTP/0.9"] = "GET /api/sec\r\n\r\n";
        all["HTTP/1.0 with chunks"] = "POST /api/anon HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + Chunk(Smuggled) + "0\r\n\r\n";
        all["HTTP/1.0 kept"] = $"POST /api/anon HTTP/1.0\r\nHost: x\r\nConnection: keep-alive, content-length\r\nContent-Length: {Smuggled.Length}\r\n\r\n{Smuggled}";

        // Other protocols.
        all["HTTP/2 without a question"] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0";
        all["an upgrade to HTTP/2"] = Get("/api/anon", "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n");
        all["an upgrade to WebSocket"] = Get("/api/anon", "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n") + "raw";
        all["CONNECT"] = "CONNECT x:80 HTTP/1.1\r\nHost: x:80\r\n\r\n" + Smuggled.Replace("GET", "HEAD", StringComparison.Ordinal);
        all["CONNECT to a function's path"] = "CONNECT /api/anon HTTP/1.1\r\nHost: x\r\n\r\n";
        all["CONNECT to a function's path on another host"] = "CONNECT /api/anon HTTP/1.1\r\nHost: sec:80\r\n\r\n" + Smuggled;
        all["a GET with a body"] = Get("/api/anon", $"Content-Length: {Smuggled.Length}\r\n") + Smuggled;
        all["a body that is expected"] = Post($"Expect: 100-continue\r\nContent-Length: {Smuggled.Length}\r\n", Smuggled);
        return all;
    }

    private static string Get(string target, string headers = "") => $"GET {target} HTTP/1.1\r\nHost: x\r\n{headers}\r\n";

    private static string Post(string headers, string body) => $"POST /api/anon HTTP/1.1\r\nHost: x\r\n{headers}\r\n{body}";

    private static string Chunk(string data) => $"{data.Length:x}\r\n{data}\r\n";
}
