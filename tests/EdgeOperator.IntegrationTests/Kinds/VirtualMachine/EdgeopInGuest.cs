using System.Diagnostics;
using System.Text;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.IntegrationTests.Kinds.VirtualMachine;

/// <summary>Runs <c>edgeop vm exec</c> as people do: as a process of its own, with a configuration that says where the machines are.</summary>
/// <param name="config">The agent's configuration.</param>
internal sealed class EdgeopInGuest(string config)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(20);

    public string Config { get; } = config;

    public static async Task<EdgeopInGuest> ForAsync(string stateDirectory)
    {
        var config = Path.Combine(stateDirectory, "agent.yaml");
        await File.WriteAllTextAsync(config, $"stateDirectory: {stateDirectory}\n");
        return new(config);
    }

    /// <summary>Runs a program in the machine.</summary>
    public Task<GuestRun> ExecAsync(string machine, params string[] command) => RunAsync(new() { Line = ["exec", machine, "--", .. command] });

    public async Task<GuestRun> RunAsync(EdgeopCall call)
    {
        using var process = await StartAsync(call);
        var output = new MemoryStream();
        var reading = process.StandardOutput.BaseStream.CopyToAsync(output);
        var complaining = process.StandardError.ReadToEndAsync();
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(call.Input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The program did not want all of it.
        }

        using var deadline = new CancellationTokenSource(Timeout);
        await process.WaitForExitAsync(deadline.Token);
        await reading;
        return new(process.ExitCode, output.ToArray(), await complaining);
    }

    public async Task<Process> StartAsync(EdgeopCall call)
    {
        var edgeop = await EdgeopBinary.PathAsync();
        var start = new ProcessStartInfo(call.Through.Length > 0 ? call.Through[0] : edgeop)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = call.Folder,
        };
        foreach (var word in (string[])[.. call.Through.Skip(1), .. call.Through.Length > 0 ? [edgeop] : (string[])[], "vm", call.Line[0], "--config", Config, .. call.Line[1..]])
            start.ArgumentList.Add(word);
        foreach (var (name, value) in call.Variables)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }
}

internal sealed record EdgeopCall
{
    /// <summary>What follows <c>edgeop vm</c>.</summary>
    public required string[] Line { get; init; }

    public byte[] Input { get; init; } = [];

    public string Folder { get; init; } = "/";

    public Dictionary<string, string> Variables { get; init; } = [];

    /// <summary>A command that is to start edgeop.</summary>
    public string[] Through { get; init; } = [];
}

internal sealed record GuestRun(int Code, byte[] Bytes, string Errors)
{
    public string Output => Encoding.UTF8.GetString(Bytes);
}
