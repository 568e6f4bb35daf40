using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace EdgeOperator.Testing;

/// <summary>
/// A small image made in code around the static busybox: no engine is needed to build it, so pulling it is a real pull.
/// </summary>
public sealed record TestImage
{
    // As PID 1 a program ignores SIGTERM unless it handles it; the shell does.
    private const string Forever = "trap 'exit 0' TERM; while :; do sleep 3600 & wait $!; done";

    private static readonly Lazy<byte[]> Busybox = new(BusyboxLayer);

    /// <summary><c>repository:tag</c> without a registry.</summary>
    public required string Name { get; init; }

    /// <summary>The <c>config</c> part of the image: Cmd, Env, Healthcheck …</summary>
    public JsonObject Config { get; init; } = [];

    /// <summary>Uncompressed tar archives, the lowest first.</summary>
    internal IReadOnlyList<byte[]> Layers { get; init; } = [Busybox.Value];

    /// <summary>Runs until it is told to stop. Its tags differ, so their images do.</summary>
    public static TestImage Sleeper(string tag = "1") => Running("sleeper", tag, Forever);

    /// <summary>Serves <c>/</c> (200, "ok") on port 8080.</summary>
    public static TestImage WebServer(string tag = "1") =>
        Running("web", tag, $"mkdir -p /www && echo ok > /www/index.html && httpd -p 8080 -h /www; {Forever}");

    /// <summary>Runs with a health check that succeeds.</summary>
    public static TestImage Healthy(string tag = "1") => Sleeper(tag).WithCheck("healthy", tag, "echo fine");

    /// <summary>Runs with a health check that fails.</summary>
    public static TestImage Unhealthy(string tag = "1") => Sleeper(tag).WithCheck("unhealthy", tag, "echo no good; exit 1");

    /// <summary>Runs with a health check that succeeds as long as <c>/tmp/sick</c> does not exist.</summary>
    public static TestImage Moody(string tag = "1") => Sleeper(tag).WithCheck("moody", tag, "test ! -e /tmp/sick");

    /// <summary>Ends at once with an exit code.</summary>
    public static TestImage Exits(int code, string tag = "1") => Running($"exits{code}", tag, $"echo ending with {code}; exit {code}");

    /// <summary>Ignores SIGTERM, so that a stop takes its whole timeout.</summary>
    public static TestImage Stubborn(string tag = "1") => Running("stubborn", tag, "trap '' TERM; while :; do sleep 3600; done");

    /// <summary>Adds layers that don't compress and that no engine has seen before: there is something to pull.</summary>
    public TestImage WithPayload(int layers, int bytes) => this with
    {
        Layers = [.. Layers, .. Enumerable.Range(0, layers).Select(i => Tar($"payload{i}", RandomNumberGenerator.GetBytes(bytes)))],
    };

    /// <summary>The image's configuration, whose hash is the image's id.</summary>
    internal byte[] Manifest() => Encoding.UTF8.GetBytes(new JsonObject
    {
        ["architecture"] = "amd64",
        ["os"] = "linux",
        ["config"] = Config.DeepClone(),
        ["rootfs"] = new JsonObject
        {
            ["type"] = "layers",
            ["diff_ids"] = new JsonArray([.. Layers.Select(layer => (JsonNode)Digest(layer))]),
        },
    }.ToJsonString());

    internal static string Digest(byte[] content) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(content))}";

    /// <summary>Runs a script of busybox's shell.</summary>
    public static TestImage Running(string repository, string tag, string script) => new()
    {
        Name = $"{repository}:{tag}",
        Config = new()
        {
            ["Cmd"] = new JsonArray("/bin/sh", "-c", script),
            ["Env"] = new JsonArray("PATH=/bin"),
            ["Labels"] = new JsonObject { ["test-image"] = $"{repository}:{tag}" },
        },
    };

    private TestImage WithCheck(string repository, string tag, string check)
    {
        var config = (JsonObject)Config.DeepClone();
        config["Labels"] = new JsonObject { ["test-image"] = $"{repository}:{tag}" };
        config["Healthcheck"] = new JsonObject
        {
            ["Test"] = new JsonArray("CMD-SHELL", check),
            ["Interval"] = 250_000_000L,
            ["Timeout"] = 5_000_000_000L,
            ["Retries"] = 1,
        };
        return this with { Name = $"{repository}:{tag}", Config = config };
    }

    private static byte[] BusyboxLayer()
    {
        string[] applets = ["cat", "echo", "env", "false", "httpd", "id", "ls", "mkdir", "nc", "rm", "sh", "sleep", "test", "touch", "true", "wget"];
        using var stream = new MemoryStream();
        using (var tar = new TarWriter(stream, leaveOpen: true))
        {
            foreach (var folder in (string[])["bin/", "tmp/"])
            {
                tar.WriteEntry(new PaxTarEntry(TarEntryType.Directory, folder) { Mode = (UnixFileMode)0b111_111_111 });
            }

            using var program = File.OpenRead("/bin/busybox");
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "bin/busybox")
            {
                Mode = (UnixFileMode)0b111_101_101,
                ModificationTime = DateTimeOffset.UnixEpoch,
                DataStream = program,
            });
            foreach (var applet in applets)
            {
                tar.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, $"bin/{applet}") { LinkName = "busybox" });
            }
        }

        return stream.ToArray();
    }

    private static byte[] Tar(string name, byte[] content)
    {
        using var stream = new MemoryStream();
        using (var tar = new TarWriter(stream, leaveOpen: true))
        {
            using var data = new MemoryStream(content);
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = data });
        }

        return stream.ToArray();
    }
}
