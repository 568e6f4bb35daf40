using EdgeOperator.Agent.Kinds.SystemUpdate.Packages;
using EdgeOperator.Core.Kinds.SystemUpdate.Packages;

namespace EdgeOperator.Agent.Tests.Kinds.SystemUpdate;

/// <summary>Texts as apt 2.6 and 2.9 print them.</summary>
public sealed class AptOutputTests
{
    private const string Simulation = """
        Reading package lists...
        The following packages will be upgraded:
          libc6 openssl
        Inst libc6 [2.36-9+deb12u8] (2.36-9+deb12u9 Debian:12.9/stable, Debian-Security:12/stable-security [amd64]) []
        Conf libc6 (2.36-9+deb12u9 Debian:12.9/stable [amd64])
        Inst openssl [3.0.15-1~deb12u1] (3.0.16-1~deb12u1 Debian:12.9/stable [amd64])
        Inst tzdata (2025a-0+deb12u1 Debian:12.9/stable [all])
        Remv telnet [0.17+2.4-2]
        """;

    [Fact]
    public void A_simulation_says_what_changes() => AptOutput.Changes(Simulation).Should().Equal(
        new PackageChange("libc6", "2.36-9+deb12u8", "2.36-9+deb12u9"),
        new("openssl", "3.0.15-1~deb12u1", "3.0.16-1~deb12u1"),
        new("tzdata", null, "2025a-0+deb12u1"),
        new("telnet", "0.17+2.4-2", null));

    [Fact]
    public void Security_updates_are_told_by_their_archive() => AptOutput.SecurityChanges(Simulation).Select(change => change.Name).Should().Equal("libc6");

    [Fact]
    public void What_is_still_to_be_fetched_is_summed_up() => AptOutput.ToFetch("""
        'http://deb.debian.org/pool/o/openssl_3.0.16_amd64.deb' openssl_3.0.16_amd64.deb 1435672 SHA256:9f8
        'http://deb.debian.org/pool/t/tzdata_2025a_all.deb' tzdata_2025a_all.deb 301000 SHA256:abc
        """).Should().Be(1736672);

    [Fact]
    public void Sizes_are_read_whatever_the_order_of_the_fields() => AptOutput.Sizes("""
        Package: app
        Installed-Size: 10
        Version: 2.0

        Package: lib
        Version: 1:2.0
        Installed-Size: 3
        """).Should().Equal(new Dictionary<string, long> { ["app=2.0"] = 10240, ["lib=1:2.0"] = 3072 });

    [Theory]
    [InlineData("E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 1154 (unattended-upgr)\nE: Unable to acquire the dpkg frontend lock", "process 1154 (unattended-upgr)")]
    [InlineData("dpkg: error: dpkg frontend lock was locked by another process with pid 7", "another program")]
    [InlineData("E: Sub-process /usr/bin/dpkg returned an error code (1)", null)]
    public void Who_holds_the_lock_is_named(string errors, string? holder) => AptOutput.LockedBy(new(100, "", errors)).Should().Be(holder);

    [Fact]
    public void A_failure_is_explained_by_its_errors() => AptOutput.Explain(new(100,
        "Setting up app (2.0) ...\ndpkg: error processing package app (--configure):\n installed app package post-installation script subprocess returned error exit status 3\n",
        "E: Sub-process /usr/bin/dpkg returned an error code (1)\n"))
        .Should().Contain("installed app package post-installation script subprocess returned error exit status 3").And.Contain("Sub-process /usr/bin/dpkg");
}
