using System.Runtime.Versioning;
using EdgeOperator.Agent.Kinds.SystemUpdate.Releases;
using EdgeOperator.Agent.Telemetry;
using EdgeOperator.Core.Kinds.SystemUpdate.Releases;
using EdgeOperator.Testing;

namespace EdgeOperator.Agent.Tests.Kinds.SystemUpdate.Releases;

[SupportedOSPlatform("linux")]
public sealed class InstallationTests : IDisposable
{
    private readonly TempFolder _folder = new("inst");
    private readonly Installation _installation;

    public InstallationTests()
    {
        _installation = new(_folder);
        foreach (var version in (string[])["0.1.0", "0.2.0"])
            _folder.Write($"versions/{version}/edgeop", "");
        File.CreateSymbolicLink(_folder.File("current"), "versions/0.1.0");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_trial_is_noted_with_all_that_the_supervisor_and_the_next_agent_need_and_the_link_changes()
    {
        _folder.Write("failed", "version=0.1.9\n");

        _installation.Begin(new("0.1.0", "0.2.0", SawEngine: true), TimeSpan.FromMinutes(10), "r1");

        _installation.Current.Should().Be("0.2.0");
        File.ReadAllText(_folder.File("trial")).Should().Be("from=0.1.0\nto=0.2.0\nstarts=3\ndeadline=600\nrevision=r1\nengine=yes\n");
        _installation.ReadTrial().Should().Be(new Trial("0.1.0", "0.2.0", SawEngine: true));
        _installation.ReadFailed().Should().BeNull();

        _installation.Confirm();
        _installation.ReadTrial().Should().BeNull();
        _installation.Current.Should().Be("0.2.0");
    }

    [Fact]
    public void What_the_supervisor_says_of_a_version_that_it_took_back_is_read()
    {
        _folder.Write("failed", "version=0.2.0\nrevision=r1\nreason=it did not complete a pass within 600 s\n");

        _installation.ReadFailed().Should().Be(new FailedRelease("0.2.0", "r1", "it did not complete a pass within 600 s"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\0\0\0")]
    [InlineData("to=0.2.0\n")]
    public void A_damaged_trial_is_none(string content)
    {
        _folder.Write("trial", content);

        _installation.ReadTrial().Should().BeNull();
    }

    [Fact]
    public void A_version_takes_the_place_of_another_archive_of_the_same_version()
    {
        _folder.Write("versions/.unpacked/edgeop", "new");

        _installation.Add(_folder.File("versions/.unpacked"), "0.2.0", "abc");

        _installation.Installed(running: _folder.File("versions/0.1.0/edgeop")).Should().Equal(new InstalledRelease("0.1.0", null, InUse: true), new InstalledRelease("0.2.0", "abc", InUse: false));
        File.ReadAllText(_folder.File("versions/0.2.0/edgeop")).Should().Be("new");

        _installation.Remove("0.2.0");
        Directory.GetDirectories(_folder.File("versions")).Should().ContainSingle();
    }

    [Fact]
    public void An_agent_may_change_its_version_where_it_runs_from_the_folder_of_its_version()
    {
        string program = _folder.File("versions/0.1.0/edgeop");

        Installation.ProblemOf(_folder, program, "0.1.0").Should().BeNull();
        Installation.ProblemOf(null, program, "0.1.0").Should().StartWith("it was started by itself");
        Installation.ProblemOf(_folder, "/usr/bin/edgeop", "0.1.0").Should().Be($"version 0.1.0 runs from /usr/bin/edgeop, and belongs into {_folder}/versions/0.1.0");
        AgentVersion.InstallationOf(program).Should().Be(_folder);
        AgentVersion.InstallationOf("/usr/bin/edgeop").Should().BeNull();
    }
}
