using System.Collections.Immutable;
using System.Runtime.Versioning;
using EdgeOperator.Agent.Drivers;
using EdgeOperator.Agent.Kinds.SystemUpdate.Releases;
using EdgeOperator.Agent.Telemetry;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.State;
using EdgeOperator.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeOperator.Agent.Tests.Kinds.SystemUpdate.Releases;

/// <summary>A trial of the version that runs, where no step ends it: its resource is suspended, or waits for something.</summary>
[SupportedOSPlatform("linux")]
public sealed class ReleaseDriverTests : IAsyncDisposable
{
    private static readonly DeviceState WithoutEngine = DeviceState.Empty with { Observed = ObservedState.Nothing with { Engine = new() { Unavailable = "it does not answer" } } };

    private readonly TempFolder _folder = new("inst");
    private readonly Installation _installation;
    private readonly ReleaseDriver _driver;

    public ReleaseDriverTests()
    {
        var program = _folder.Write($"versions/{AgentVersion.Number}/edgeop", "");
        _installation = new(_folder);
        _installation.Begin(new("0.0.1", AgentVersion.Number, SawEngine: true), TimeSpan.FromMinutes(10), "r1");
        var configuration = new AgentConfiguration { Device = new("test", ImmutableSortedDictionary<string, string>.Empty, ImmutableSortedDictionary<string, string>.Empty), StateDirectory = _folder.File("state") };
        Directory.CreateDirectory(configuration.StateDirectory);
        _driver = new(new(configuration, TimeProvider.System, NullLoggerFactory.Instance, new(configuration.StateDirectory, TimeProvider.System), isReadOnly: false), _folder, program, () => { });
    }

    public async ValueTask DisposeAsync()
    {
        await _driver.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task It_ends_by_the_second_pass_and_not_by_the_first()
    {
        await _driver.FollowAsync(DeviceState.Empty);

        _driver.PassReported();
        _installation.ReadTrial().Should().NotBeNull();
        _driver.PassReported();

        _installation.ReadTrial().Should().BeNull();
    }

    [Fact]
    public async Task It_goes_on_while_the_container_engine_is_not_seen_that_the_version_before_saw()
    {
        await _driver.FollowAsync(WithoutEngine);
        _driver.PassReported();
        _driver.PassReported();
        _installation.ReadTrial().Should().NotBeNull();

        await _driver.FollowAsync(DeviceState.Empty);
        _driver.PassReported();

        _installation.ReadTrial().Should().BeNull();
    }
}
