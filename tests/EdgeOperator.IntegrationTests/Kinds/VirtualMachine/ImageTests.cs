using System.Net;
using System.Runtime.Versioning;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Planning;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Kinds.VirtualMachine;

/// <summary>No machine is started here.</summary>
[Collection(SharedGuest.Name)]
[SupportedOSPlatform("linux")]
public sealed class ImageTests(MinimalGuest image)
{
    private static readonly string Other = new('0', 64);

    [Fact]
    public async Task An_image_with_another_hash_is_refused_and_nothing_of_it_stays()
    {
        await using var machine = new QemuMachine(new(image.Path, Other));
        (await machine.FetchAsync()).Should().BeOfType<StepOutcome.Retry>().Which.Should().Match<StepOutcome.Retry>(
            o => o.Reason == "ImageChanged" && o.Message.Contains(image.Sha256) && o.Message.Contains(Other));
        (await machine.ObserveAsync()).Images.Should().BeEmpty();
        Directory.EnumerateFiles(machine.Images).Should().BeEmpty();
    }

    [Fact]
    public async Task An_image_that_lies_over_a_file_of_the_host_is_refused()
    {
        using var folder = new TempFolder();
        var trick = folder.File("trick.qcow2");
        await Shell.RunAsync("qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", "/etc/passwd", trick);
        await using var machine = new QemuMachine(new(trick, await Sha256Async(trick)));
        (await machine.FetchAsync()).Should().BeOfType<StepOutcome.Retry>().Which.Should().Match<StepOutcome.Retry>(o => o.Reason == "ImageUnusable" && o.Message.Contains("/etc/passwd"));
        Directory.EnumerateFiles(machine.Images).Should().BeEmpty();
    }

    [Fact]
    public async Task A_file_that_is_no_image_is_refused()
    {
        using var folder = new TempFolder();
        var text = folder.Write("text", "no image");
        await using var machine = new QemuMachine(new(text, await Sha256Async(text)));
        (await machine.FetchAsync()).Should().BeOfType<StepOutcome.Retry>().Which.Message.Should().Contain("qemu-img convert");
    }

    [Fact]
    public async Task A_transfer_that_was_cut_off_goes_on_where_it_ended()
    {
        await using var server = await ImageServer.StartAsync(await File.ReadAllBytesAsync(image.Path));
        await using var machine = new QemuMachine(new(server.Url, image.Sha256));
        server.CutAfter = 5_000_000;
        (await machine.FetchAsync()).Should().BeOfType<StepOutcome.Retry>().Which.Reason.Should().Be("ImageNotFetched");
        var kept = new FileInfo(Directory.EnumerateFiles(machine.Images).Single()).Length;
        kept.Should().BePositive();

        server.CutAfter = null;
        await QemuMachine.SucceedsAsync(machine.FetchAsync());
        server.Ranges.Should().Equal(null, kept);
        (await machine.ObserveAsync()).Images.Should().Equal(image.Sha256);
        (await Sha256Async(Directory.EnumerateFiles(machine.Images).Single())).Should().Be(image.Sha256);
    }

    [Fact]
    public async Task What_is_left_of_another_file_is_fetched_anew()
    {
        await using var server = await ImageServer.StartAsync(await File.ReadAllBytesAsync(image.Path));
        await using var machine = new QemuMachine(new(server.Url, image.Sha256));
        Directory.CreateDirectory(machine.Images);
        await File.WriteAllBytesAsync(Path.Combine(machine.Images, image.Sha256 + ".part"), new byte[1000]);
        await QemuMachine.SucceedsAsync(machine.FetchAsync());
        server.Ranges.Should().Equal(1000, null);
    }

    [Fact]
    public async Task An_image_is_removed_once_no_machine_is_made_from_it()
    {
        await using var machine = new QemuMachine(image.Image);
        await QemuMachine.SucceedsAsync(machine.FetchAsync());
        await QemuMachine.SucceedsAsync(machine.DoAsync(new RemoveMachineImage(machine.Id, "", image.Sha256)));
        (await machine.ObserveAsync()).Images.Should().BeEmpty();
    }

    private static async Task<string> Sha256Async(string file) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(await File.ReadAllBytesAsync(file)));

    /// <summary>Serves one file, ranges too, and cuts transfers off when it is told to.</summary>
    private sealed class ImageServer : IAsyncDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly byte[] _content;
        private Task _serving = Task.CompletedTask;

        private ImageServer(byte[] content) => _content = content;

        public string Url { get; } = $"http://127.0.0.1:{FreePort.Next()}/image.qcow2";

        public int? CutAfter { get; set; }

        /// <summary>Where each request wanted to begin; null for all of the file.</summary>
        public List<long?> Ranges { get; } = [];

        public static Task<ImageServer> StartAsync(byte[] content)
        {
            var server = new ImageServer(content);
            server._listener.Prefixes.Add(server.Url[..(server.Url.LastIndexOf('/') + 1)]);
            server._listener.Start();
            server._serving = server.ServeAsync();
            return Task.FromResult(server);
        }

        public async ValueTask DisposeAsync()
        {
            _listener.Close();
            await _serving;
        }

        private async Task ServeAsync()
        {
            while (_listener.IsListening)
            {
                HttpListenerContext context;
                try
                {
                    context = await _listener.GetContextAsync();
                }
                catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }

                var range = context.Request.Headers["Range"] is { } text ? long.Parse(text["bytes=".Length..^1], System.Globalization.CultureInfo.InvariantCulture) : (long?)null;
                Ranges.Add(range);
                var rest = _content.AsMemory((int)(range ?? 0));
                if (range is { } from)
                {
                    context.Response.StatusCode = 206;
                    context.Response.Headers["Content-Range"] = $"bytes {from}-{_content.Length - 1}/{_content.Length}";
                }

                context.Response.ContentLength64 = rest.Length;
                if (CutAfter is { } length)
                {
                    await context.Response.OutputStream.WriteAsync(rest[..length]);
                    context.Response.Abort();
                    continue;
                }

                await context.Response.OutputStream.WriteAsync(rest);
                context.Response.Close();
            }
        }
    }
}
