using System.Diagnostics;
using EdgeOperator.EndToEndTests.Support;
using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.EndToEndTests;

/// <summary>Commands in a module's container, as a script and as a person at a terminal run them.</summary>
[Collection(AtSite.Name)]
public class ExecTests(Site site)
{
    [Fact]
    public async Task A_command_runs_in_the_container_of_a_module()
    {
        using var repository = await Repository.CreateAsync();
        await using var device = site.NewDevice(repository.Url);
        var commit = await repository.CommitAsync(
            ("web.yaml", Manifests.Module("web", site.Image("sleeper:1"))),
            ("banner.yaml", Manifests.ConfigFile("banner", "${vars.root}/banner", "ours\n")));
        await device.StartAsync();
        await device.ReachesAsync(commit);

        (await device.EdgeopAsync("exec", "EdgeModule/web", "--", "sh", "-c", "echo out; echo err >&2; exit 7")).Should().Be(new Ran(7, "out\n", "err\n"));
        (await WithInputAsync(device, "one\ntwo\n", "exec", "-i", "module", "web", "--", "sh", "-c", "cat; echo end")).Should().Be((0, "one\ntwo\nend\n"));

        // Engines older than API 1.42 set the size of a command that runs already, which may ask before.
        var (code, shown) = await OnTerminalAsync(
            device, "hello\n", "exec -it EdgeModule web -- sh -c 'until stty size 2>&1 | grep \"33 91\"; do sleep 1; done; read line; echo got $line; exit 5'");
        code.Should().Be(5, shown);
        shown.Should().Contain("33 91").And.Contain("got hello");

        var refused = await device.EdgeopAsync("exec", "ConfigFile/banner", "--", "ls");
        refused.Code.Should().Be(1);
        refused.Errors.Should().Contain("no command can be run in ConfigFile/banner");
        (await device.EdgeopAsync("events")).Output.Should().Contain("sh was run in EdgeModule/web").And.NotContain("echo");
    }

    // script(1) gives the command a terminal and exits with its code.
    private static Task<(int Code, string Output)> OnTerminalAsync(Device device, string typed, string command) => RunAsync(
        "script", ["-qec", $"stty cols 91 rows 33; {device.Edgeop} --socket {device.ApiSocket} {command}", "/dev/null"], typed);

    private static Task<(int Code, string Output)> WithInputAsync(Device device, string input, params string[] arguments) =>
        RunAsync(device.Edgeop, ["--socket", device.ApiSocket, .. arguments], input);

    private static async Task<(int Code, string Output)> RunAsync(string program, string[] arguments, string input)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Eventually.Slow);
        return (process.ExitCode, await output);
    }
}
