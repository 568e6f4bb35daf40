using System.Collections.Immutable;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Tests.Manifests;

public sealed class SourceConfigurationTests
{
    [Fact]
    public void A_Git_source_needs_only_an_address() =>
        Sources("{git: {url: https://git.example.com/fleet.git}}").Should().Equal(
            new GitSourceConfiguration { Name = "git", Url = "https://git.example.com/fleet.git" });

    [Fact]
    public void Every_field_of_a_Git_source_is_read() =>
        Sources(
            """
            name: fleet
              git:
                url: git@git.example.com:ops/fleet.git
                ref: {tag: v1.2.0}
                path: /sites/berlin/
                interval: 30s
                timeout: 5m
                auth: {sshKeyFile: /k, knownHostsFile: /h, tokenFile: /t, tokenUser: bot, caFile: /c}
                verify: {mode: signed, keys: {allowedSigners: /s, gpgKeyring: /g}, tags: TagAndHEAD, allowRewind: true}
                proxy: socks5h://proxy:1080
                maxFileSize: 1Mi
                maxRepositorySize: 100Mi
            """).Should().Equal(new GitSourceConfiguration
            {
                Name = "fleet",
                Url = "git@git.example.com:ops/fleet.git",
                Ref = new GitRef.Tag("v1.2.0"),
                Path = "sites/berlin",
                Interval = TimeSpan.FromSeconds(30),
                Timeout = TimeSpan.FromMinutes(5),
                SshKeyFile = "/k",
                KnownHostsFile = "/h",
                TokenFile = "/t",
                TokenUser = "bot",
                CaFile = "/c",
                Verify = new GitVerification.Signed("/s", "/g") { Tags = TagVerification.TagAndHead, AllowRewind = true },
                Proxy = "socks5h://proxy:1080",
                MaxFileSize = 1 << 20,
                MaxRepositorySize = 100 << 20,
            });

    [Fact]
    public void A_provisioning_service_stands_in_for_the_hub() =>
        Sources("{twin: {auth: {dps: {idScope: 0ne1, registrationId: r, symmetricKeyFile: /k}}}}").Should().Equal(new TwinSourceConfiguration
        {
            Name = "twin",
            Hub = "global.azure-devices-provisioning.net",
            DeviceId = "d",
            Interval = TimeSpan.FromMinutes(5),
            Timeout = TimeSpan.FromMinutes(2),
            Provisioning = new("global.azure-devices-provisioning.net", "0ne1", "r", SymmetricKeyFile: "/k"),
        });

    [Fact]
    public void Keys_and_credentials_are_not_for_ConfigFiles()
    {
        const string Text =
            """
            apiVersion: edgeoperator.io/v1alpha1
            kind: AgentConfiguration
            spec:
              device: {name: d}
              sources:
                - git:
                    url: https://git.example.com/fleet.git
                    auth: {tokenFile: /t}
                    verify: {mode: signed, keys: {allowedSigners: /s, gpgKeyring: /g}}
            """;

        AgentConfigurationReader.Read(new("/srv/agent.yaml", System.Text.Encoding.UTF8.GetBytes(Text))).Configuration!.Files.ProtectedFiles
            .Should().BeEquivalentTo("/etc/edgeoperator/agent.yaml", "/srv/agent.yaml", "/t", "/s", "/g");
    }

    [Fact]
    public void A_directory_source_is_read() =>
        Sources("{name: local, directory: {path: /srv/manifests, interval: 5s, timeout: 1s}}").Should().Equal(
            new DirectorySourceConfiguration { Name = "local", Path = "/srv/manifests", Interval = TimeSpan.FromSeconds(5), Timeout = TimeSpan.FromSeconds(1) });

    [Theory]
    [InlineData("main", "Branch { Name = main }")]
    [InlineData("{branch: release/1.0}", "Branch { Name = release/1.0 }")]
    [InlineData("{semver: \">=1.2.0 <2.0.0\"}", "SemverRange { Range = >=1.2.0 <2.0.0 }")]
    [InlineData("{commit: 0123456789012345678901234567890123456789}", "Commit { Id = 0123456789012345678901234567890123456789 }")]
    [InlineData("{tag: 1.0}", "Tag { Name = 1.0 }")]
    public void A_reference_says_what_to_follow(string reference, string expected) =>
        ((GitSourceConfiguration)Sources($"{{git: {{url: /r, ref: {reference}}}}}").Single()).Ref.ToString().Should().Be(expected);

    [Theory]
    [InlineData("https://h/x.git")]
    [InlineData("http://h:8080/x.git")]
    [InlineData("ssh://git@h:22/x.git")]
    [InlineData("file:///srv/x.git")]
    [InlineData("/srv/x.git")]
    [InlineData("git@h:x.git")]
    public void Usual_addresses_are_taken(string url) => Sources($"{{git: {{url: \"{url}\"}}}}").Should().ContainSingle();

    [Theory]
    [InlineData("ext::sh -c id")]
    [InlineData("-uexec")]
    [InlineData("https://-x/y")]
    [InlineData("git://h/x")]
    [InlineData("x.git")]
    [InlineData("git@h:x\\ny")]
    [InlineData("https://h/x\\n")]
    public void Other_addresses_are_refused(string url) =>
        AgentConfigurationTests.Problems($"device: {{name: d}}\nsources:\n- git: {{url: \"{url}\"}}").Should().StartWith("spec.sources[0].git.url must be a repository's address with https, ssh or file");

    [Fact]
    public void An_address_with_a_password_is_refused_and_not_repeated() =>
        AgentConfigurationTests.Problems("device: {name: d}\nsources:\n- git: {url: \"https://me:hunter2@h/x\"}").Should()
            .Be("spec.sources[0].git.url holds a password or token (agent.yaml:7:16): put it into a file and name that in `auth.tokenFile`");

    [Theory]
    [InlineData("{name: a}", "spec.sources[0] needs one of `git`, `directory`, `twin`, `cluster`")]
    [InlineData("{git: {url: /r}, directory: {path: /x}}", "spec.sources[0] takes only one of")]
    [InlineData("{cluster: {}}", "cluster sources are not supported by this version (agent.yaml:7:15): use `git`, `directory` or `twin`")]
    [InlineData("{twin: {}}", "the twin has no hub")]
    [InlineData("{twin: {hub: h, auth: {dps: {idScope: s, symmetricKeyFile: /k}}}}", "the provisioning service names the hub")]
    [InlineData("{twin: {auth: {dps: {idScope: s}}}}", "spec.sources[0].twin.auth.dps needs one of `symmetricKeyFile`, `certificateFile`")]
    [InlineData("{twin: {auth: {dps: {symmetricKeyFile: /k}}}}", "spec.sources[0].twin.auth.dps.idScope is missing")]
    [InlineData("{twin: {hub: h, auth: {keyFile: /k, certificateFile: /c, privateKeyFile: /p}}}", "spec.sources[0].twin.auth takes only one of `keyFile`, `certificateFile`")]
    [InlineData("{twin: {hub: h, auth: {certificateFile: /c}}}", "privateKeyFile")]
    [InlineData("{git: {url: /r, ref: {branch: a, tag: b}}}", "spec.sources[0].git.ref takes only one of `branch`, `tag`, `semver`, `commit`")]
    [InlineData("{git: {url: /r, ref: {commit: abc}}}", "a full commit id of 40 or 64 hexadecimal digits")]
    [InlineData("{git: {url: /r, ref: --upload-pack=x}}", "a name of a branch or tag")]
    [InlineData("{git: {url: /r, ref: {semver: newest}}}", "spec.sources[0].git.ref.semver must be a range of versions")]
    [InlineData("{git: {url: /r, verify: {mode: signed}}}", "spec.sources[0].git.verify needs `keys` when `mode` is `signed`")]
    [InlineData("{git: {url: /r, verify: {mode: signed, keys: {}}}}", "spec.sources[0].git.verify.keys needs at least one of `allowedSigners`, `gpgKeyring`")]
    [InlineData("{git: {url: /r, verify: {mode: none, keys: {gpgKeyring: /g}}}}", "has no effect unless `mode` is `signed`")]
    [InlineData("{git: {url: /r, verify: {keys: {gpgKeyring: /g}}}}", "spec.sources[0].git.verify.mode is missing")]
    [InlineData("{git: {url: /r, interval: 0s}}", "spec.sources[0].git.interval must be a duration from 1s to 1d")]
    [InlineData("{git: {url: /r}}\n- {git: {url: /r}}", "two sources have the name `git` (agent.yaml:8:5): give each source a `name` of its own")]
    public void A_wrong_source_is_refused(string source, string problem) =>
        AgentConfigurationTests.Problems($"device: {{name: d}}\nsources:\n- {source}").Should().Contain(problem);

    private static ImmutableArray<SourceConfiguration> Sources(string source) =>
        AgentConfigurationTests.Configuration($"device: {{name: d}}\nsources:\n- {source}").Sources;
}
