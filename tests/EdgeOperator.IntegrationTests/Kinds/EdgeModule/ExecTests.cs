using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using EdgeOperator.Agent.Drivers;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Kinds.EdgeModule;

[Collection(SharedEngine.Name)]
public sealed class ExecTests(EngineFixture fixture) : IAsyncDisposable
{
    private readonly Agent _agent = new(fixture.Engine.Socket);
    private readonly CancellationTokenSource _deadline = new(Eventually.Slow);

    public async ValueTask DisposeAsync()
    {
        await _agent.DisposeAsync();
        _deadline.Dispose();
    }

    [Fact]
    public async Task Output_errors_and_exit_code_are_the_command_s()
    {
        var module = await RunAsync();

        (await ExecAsync(module, ["sh", "-c", "echo out; echo err >&2; exit 7"])).Should().Be((7, "out\n", "err\n"));
    }

    [Fact]
    public async Task Input_reaches_the_command_and_its_end_too()
    {
        var module = await RunAsync();
        var text = string.Concat(Enumerable.Range(0, 50_000).Select(i => $"{i}\n"));

        var (code, output, _) = await ExecAsync(module, ["sh", "-c", "cat; echo end"], text);

        code.Should().Be(0);
        output.Should().Be(text + "end\n");
    }

    [Fact]
    public async Task A_command_that_reads_none_of_its_input_ends_all_the_same()
    {
        var module = await RunAsync();

        (await ExecAsync(module, ["sh", "-c", "exit 0"], new string('x', 1_000_000))).Code.Should().Be(0);
    }

    [Fact]
    public async Task Without_input_a_command_finds_its_input_at_the_end()
    {
        var module = await RunAsync();

        (await ExecAsync(module, ["sh", "-c", "cat"])).Should().Be((0, "", ""));
    }

    [Fact]
    public async Task With_a_terminal_a_command_has_its_size_and_its_changes()
    {
        var module = await RunAsync();

        // Engines older than API 1.42 set the size of a command that runs already, which may ask before.
        const string command = "tty -s || exit 9; until [ \"$(stty size 2>&1)\" = '33 91' ]; do sleep 1; done; stty size; read line; until [ \"$(stty size)\" = '40 120' ]; do sleep 1; done; stty size; exit 3";
        await using var client = new Client(_agent, module, new(["sh", "-c", command]) { HasInput = true, HasTerminal = true, Size = new(91, 33) }, _deadline.Token);
        await client.ShowsAsync("33 91");

        await client.Frames.WriteAsync(new TerminalSize(120, 40), _deadline.Token);
        await client.Frames.WriteAsync(ExecFrameKind.Input, "\n"u8.ToArray(), _deadline.Token);
        await client.ShowsAsync("40 120");

        (await client.Ended).Should().Be(3);
    }

    [Fact]
    public async Task Ctrl_C_in_a_terminal_interrupts_the_command()
    {
        var module = await RunAsync();
        await using var client = new Client(_agent, module, new(["sh", "-c", "trap 'echo caught; exit 130' INT; echo waiting; while :; do sleep 1; done"]) { HasInput = true, HasTerminal = true }, _deadline.Token);
        await client.ShowsAsync("waiting");

        await client.Frames.WriteAsync(ExecFrameKind.Input, new byte[] { 3 }, _deadline.Token);

        await client.ShowsAsync("caught");
        (await client.Ended).Should().Be(130);
    }

    [Fact]
    public async Task When_the_client_goes_the_command_loses_its_input()
    {
        var module = await RunAsync();
        var client = new Client(_agent, module, new(["sh", "-c", "echo on; cat > /dev/null; touch /gone; sleep 3600"]) { HasInput = true }, _deadline.Token);
        await client.ShowsAsync("on");

        await client.DisposeAsync();

        await client.Ended.Awaiting(ended => ended).Should().ThrowAsync<IOException>();
        await Eventually.SucceedsAsync(async () => (await ExecAsync(module, ["sh", "-c", "ls /gone"])).Code.Should().Be(0));
    }

    [Fact]
    public async Task A_hundred_megabytes_pass_without_being_held()
    {
        const int Size = 100 * 1024 * 1024;
        var module = await RunAsync();
        await using var client = new Client(_agent, module, new(["sh", "-c", $"head -c {Size} /dev/zero"]), _deadline.Token) { Keeps = false };
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var most = 0L;
        client.Seen += () => most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: false));

        (await client.Ended).Should().Be(0);
        await client.Read;

        client.Bytes.Should().Be(Size);
        (most - before).Should().BeLessThan(Size / 2);
    }

    [Fact]
    public async Task A_program_that_is_not_there_ends_as_shells_have_it()
    {
        var module = await RunAsync();

        (await ExecAsync(module, ["no-such-program"])).Code.Should().BeOneOf(126, 127);
    }

    [Fact]
    public async Task A_module_that_does_not_run_is_refused()
    {
        var module = _agent.Module("once", fixture.Sleeper, new() { ["Cmd"] = new JsonArray("/bin/sh", "-c", "exit 0") });
        await _agent.RunAsync(module);
        await _agent.ExitedAsync(module);

        (await FluentActions.Awaiting(() => ExecAsync(module, ["ls"])).Should().ThrowAsync<ControlException>())
            .Which.Should().Match<ControlException>(e => e.Reason == "NotRunning" && e.Message.Contains("EdgeModule/once does not run (its container is exited)"));
        (await FluentActions.Awaiting(() => ExecAsync(_agent.Module("nothing", fixture.Sleeper, []), ["ls"])).Should().ThrowAsync<ControlException>())
            .Which.Message.Should().Contain("it has no container");
    }

    private async Task<EdgeModuleResource> RunAsync()
    {
        var module = _agent.Module("target", fixture.Sleeper, new() { ["Cmd"] = new JsonArray("/bin/sh", "-c", "exec sleep 3600") });
        await _agent.RunAsync(module);
        return module;
    }

    private async Task<(int Code, string Output, string Errors)> ExecAsync(EdgeModuleResource module, string[] command, string? input = null)
    {
        await using var client = new Client(_agent, module, new(command) { HasInput = input is not null }, _deadline.Token);
        if (input is not null)
            await client.SendAsync(Encoding.UTF8.GetBytes(input), _deadline.Token);
        var code = await client.Ended;
        await client.Read;
        return (code, client.Text, client.Errors);
    }

    /// <summary>The other end of the connection.</summary>
    private sealed class Client : IAsyncDisposable
    {
        private readonly NetworkStream _near;
        private readonly StringBuilder _output = new();
        private readonly StringBuilder _errors = new();

        public Client(Agent agent, EdgeModuleResource module, ExecRequest request, CancellationToken cancellation)
        {
            (_near, var far) = Connected();
            Frames = new(_near);
            Read = Task.Run(() => ReadAsync(cancellation), cancellation);
            Ended = Task.Run(async () =>
            {
                await using (far)
                    return await agent.Driver.ExecAsync(module.Id, Agent.Desired(module), request, new ExecFrames(far), cancellation);
            }, cancellation);
        }

        public event Action? Seen;

        public bool Keeps { get; init; } = true;

        public ExecFrames Frames { get; }

        public Task Read { get; }

        public Task<int> Ended { get; }

        public long Bytes { get; private set; }

        public string Text
        {
            get
            {
                lock (_output)
                    return _output.ToString();
            }
        }

        public string Errors => _errors.ToString();

        public Task ShowsAsync(string text) => Eventually.SucceedsAsync(() => Text.Should().Contain(text));

        public async Task SendAsync(byte[] input, CancellationToken cancellation)
        {
            try
            {
                foreach (var chunk in input.Chunk(ExecFrames.MaxData))
                    await Frames.WriteAsync(ExecFrameKind.Input, chunk, cancellation);
                await Frames.WriteAsync(ExecFrameKind.Input, default, cancellation);
            }
            catch (IOException)
            {
                // The command has ended.
            }
        }

        public ValueTask DisposeAsync() => _near.DisposeAsync();

        private static (NetworkStream Near, NetworkStream Far) Connected()
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            var near = new Socket(SocketType.Stream, ProtocolType.Tcp);
            near.Connect(listener.LocalEndpoint);
            return (new(near, ownsSocket: true), new(listener.AcceptSocket(), ownsSocket: true));
        }

        private async Task ReadAsync(CancellationToken cancellation)
        {
            while (await Frames.ReadAsync(cancellation) is var (kind, content))
            {
                Bytes += content.Length;
                Seen?.Invoke();
                lock (_output)
                {
                    if (Keeps)
                        (kind == ExecFrameKind.Errors ? _errors : _output).Append(Encoding.UTF8.GetString(content.Span));
                }
            }
        }
    }
}
