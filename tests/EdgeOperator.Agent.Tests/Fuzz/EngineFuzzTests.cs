using System.Text;
using EdgeOperator.Agent.Engine;

namespace EdgeOperator.Agent.Tests.Fuzz;

/// <summary>An engine, which may be a guest's: any answer is understood, or an <see cref="EngineException"/>.</summary>
public sealed class EngineFuzzTests
{
    [Fact]
    public void Lists_and_details_are_read_or_refused() => Answer(
        [
            """[{"Id":"4f5a","Names":["/web"],"Image":"web:2","ImageID":"sha256:00","State":"running","Labels":{"edgeoperator.io/managed-by":"edgeoperator"}}]""",
            """{"Id":"4f5a","Name":"/web","Image":"sha256:00","RestartCount":3,"State":{"Status":"running","Running":true,"ExitCode":0,"StartedAt":"2026-07-01T12:00:00Z","Health":{"Status":"healthy","Log":[]}},"Config":{"Image":"web:2","Tty":false,"Labels":{}},"NetworkSettings":{"Networks":{"a":{"IPAddress":"10.0.0.2"}}}}""",
            """{"Volumes":[{"Name":"data","Labels":null}]}""",
        ],
        async engine =>
        {
            await EachAsync(() => engine.ListContainersAsync(["a=b"], default), () => engine.InspectContainerAsync("web", default), () => engine.ListImagesAsync(default),
                () => engine.ListNetworksAsync(default), () => engine.ListVolumesAsync(default), () => engine.VersionAsync(default));
        });

    [Fact]
    public void Events_and_progress_are_read_or_refused() => Answer(
        [
            """{"Type":"container","Action":"die","Actor":{"ID":"4f","Attributes":{"name":"web","exitCode":"1"}},"time":1751371200,"timeNano":1751371200000000000}""" + "\n",
            """{"status":"Downloading","id":"a1","progressDetail":{"current":1,"total":9}}""" + "\n" + """{"errorDetail":{"message":"no"},"error":"no"}""" + "\n",
        ],
        async engine => await EachAsync(
            async () => await engine.EventsAsync(default).CountAsync(),
            async () => await engine.PullImageAsync("web:2", null, TimeSpan.FromSeconds(30), default).CountAsync()));

    [Fact]
    public void Log_frames_are_copied_as_far_as_they_go() => Fuzzing.Feed(
        [[1, 0, 0, 0, 0, 0, 0, 3, (byte)'a', (byte)'b', (byte)'\n', 2, 0, 0, 0, 0, 0, 0, 2, (byte)'c', (byte)'\n']],
        async bytes => await LogFrames.CopyAsync(new MemoryStream(bytes), Stream.Null, default));

    private static void Answer(string[] samples, Func<DockerEngine, Task> ask) => Fuzzing.Feed([.. samples.Select(Encoding.UTF8.GetBytes)], async body =>
    {
        using var engine = new DockerEngine(EngineEndpoint.OfProgram("fuzz", _ => Task.FromResult<Stream>(new CannedAnswer(body)), remedy: ""));
        await ask(engine);
    });

    private static async Task EachAsync(params Func<Task>[] questions)
    {
        foreach (var question in questions)
        {
            try
            {
                await question();
            }
            catch (EngineException)
            {
            }
        }
    }

    /// <summary>A connection on which every request gets the same answer, and that ends with it.</summary>
    private sealed class CannedAnswer(byte[] body) : MemoryStream(
        [.. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nApi-Version: 1.47\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n"), .. body])
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;
    }
}
