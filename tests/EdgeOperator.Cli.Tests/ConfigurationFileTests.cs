using EdgeOperator.Agent.Tests.LocalApi;

namespace EdgeOperator.Cli.Tests;

public sealed class ConfigurationFileTests : IDisposable
{
    private readonly string _file = Path.Combine(Directory.CreateTempSubdirectory("edgeop-config-").FullName, "agent.yaml");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_file)!, recursive: true);

    [Fact]
    public async Task The_socket_is_the_configurations()
    {
        await using var served = await ServedAgent.StartAsync();
        Write($"api: {{socket: {served.Socket}}}");

        (await Edgeop.RunAsync("status", "--config", _file)).ExitCode.Should().Be(0);
        (await Edgeop.RunAsync("status", "--config", _file, "--socket", "/elsewhere")).ExitCode.Should().Be(4, "--socket goes first");
    }

    [Fact]
    public async Task An_invalid_one_is_told_in_full()
    {
        Write("aip: {}\n  engin: {}");

        var run = await Edgeop.RunAsync("agent", "--config", _file);

        run.ExitCode.Should().Be(3);
        run.Error.Should().Contain($"({_file}:6:3): did you mean `api`?").And.Contain($"({_file}:7:3): did you mean `engine`?");
    }

    [Fact]
    public async Task A_missing_one_is_invalid_input_where_it_was_named()
    {
        var run = await Edgeop.RunAsync("status", "--config", _file);

        run.Should().Be(new Run(3, "",
            $"error: there is no configuration ({_file}): write one, or name another with --config; `edgeop schema AgentConfiguration` describes it\n"));
    }

    private void Write(string spec) => File.WriteAllText(_file, $$"""
        apiVersion: edgeoperator.io/v1alpha1
        kind: AgentConfiguration
        metadata: {name: agent}
        spec:
          device: {name: pump-7}
          {{spec}}
        """);
}
