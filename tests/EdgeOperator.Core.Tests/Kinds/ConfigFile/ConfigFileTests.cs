using EdgeOperator.Core.Tests.Manifests;

namespace EdgeOperator.Core.Tests.Kinds.ConfigFile;

public sealed class ConfigFileTests
{
    [Fact]
    public void A_file_has_its_content_and_defaults_for_the_rest()
    {
        var file = Reading.Yaml(Reading.ConfigFile("content: hello\n")).File();

        file.Path.Should().Be("/etc/motd");
        file.Text().Should().Be("hello");
        file.Mode.Should().Be(Convert.ToInt32("644", 8));
        file.Owner.Should().BeNull();
        file.OnChange.Should().BeNull();
    }

    [Theory]
    [InlineData("/etc/edgeoperator/agent.yaml")]
    [InlineData("/var/lib/edgeoperator/ledger.json")]
    [InlineData("/var/lib/edgeoperator")]
    [InlineData("/var/lib/edgeoperator-apps/web/app.json")]
    [InlineData("/etc/systemd/system/edgeop.service")]
    [InlineData("/etc/systemd/system/edgeop.service.d/local.conf")]
    public void The_agent_s_own_files_are_refused(string path) =>
        Reading.Yaml(Reading.ConfigFile("content: x", path: path)).Problems.Should().ContainSingle()
            .Which.What.Should().StartWith($"`{path}` is the agent's own");

    [Theory]
    [InlineData("/etc/edgeoperator/agent.yaml.d")]
    [InlineData("/etc/edgeoperator/site.env")]
    [InlineData("/var/lib/edgeoperators/x")]
    public void Others_near_them_are_not(string path) =>
        Reading.Yaml(Reading.ConfigFile("content: x", path: path)).Problems.Should().BeEmpty();

    [Fact]
    public void A_path_that_no_file_system_takes_is_refused()
    {
        Reading.Yaml(Reading.ConfigFile("content: x", path: "/etc/" + new string('é', 128))).Problems.Should().ContainSingle().Which.What.Should().Contain("more than 255 bytes");
        Reading.Yaml(Reading.ConfigFile("content: x", path: "/etc" + string.Concat(Enumerable.Repeat("/" + new string('é', 120), 20)))).Problems.Should().ContainSingle().Which.What.Should().Contain("4095");
    }

    [Theory]
    [InlineData("content: \"\"", "")]
    [InlineData("content: 5.10", "5.10")]
    [InlineData("content: |\n  a\n  b\n", "a\nb\n")]
    [InlineData("content: \"\\0\"", "\0")]
    public void Content_is_kept_as_it_is_written(string spec, string content) =>
        Reading.Yaml(Reading.ConfigFile(spec)).File().Text().Should().Be(content);

    [Theory]
    [InlineData("0600")]
    [InlineData("\"0600\"")]
    [InlineData("600")]
    [InlineData("0o600")]
    public void A_mode_is_octal_in_every_spelling(string mode) =>
        Reading.Yaml(Reading.ConfigFile($"content: x\nmode: {mode}")).File().Mode.Should().Be(Convert.ToInt32("600", 8));

    [Theory]
    [InlineData("reloadUnit: nginx.service", "reload unit nginx.service")]
    [InlineData("restartUnit: ssh.service", "restart unit ssh.service")]
    [InlineData("restartModule: web", "restart EdgeModule/web")]
    [InlineData("run: [sysctl, -p, 1]", "run sysctl -p 1")]
    public void A_change_is_followed_by_an_action(string action, string words) =>
        Reading.Yaml(Reading.ConfigFile($"content: x\nonChange: {{{action}}}")).File().OnChange!.ToString().Should().Be(words);

    [Theory]
    [InlineData("mode: \"0644\"", "spec needs one of `content`, `source` (a.yaml:6:3)")]
    [InlineData("content: x\nsource: y", "spec takes only one of `content`, `source` (a.yaml:8:3)")]
    [InlineData("content: x\nmode: rw", "spec.mode must be a file mode of three or four octal digits, such as `0644`, not the string `rw`")]
    [InlineData("content: x\nmode: 0888", "spec.mode must be a file mode")]
    [InlineData("content: x\nowner: a:b:c", "spec.owner must be a user, or user:group, by name or number")]
    [InlineData("content: x\nonChange: {}", "spec.onChange needs one of `reloadUnit`, `restartUnit`, `restartModule`, `run`")]
    [InlineData("content: x\nonChange: {restartModule: a, run: [b]}", "spec.onChange takes only one of")]
    [InlineData("content: x\nonChange: {run: echo}", "spec.onChange.run must be a list")]
    [InlineData("content: x\nonChange: {reloadUnit: nginx}", "a systemd unit such as `nginx.service`")]
    [InlineData("content: {a: b}", "spec.content must be text, not a mapping")]
    public void A_wrong_value_is_refused(string spec, string problem) =>
        Reading.Yaml(Reading.ConfigFile(spec)).Complaints().Should().Contain(problem);

    [Theory]
    [InlineData("etc/motd")]
    [InlineData("/etc/../root/.bashrc")]
    [InlineData("/etc/..")]
    [InlineData("/etc/./motd")]
    [InlineData("/etc//motd")]
    [InlineData("/etc/motd/")]
    [InlineData("/")]
    [InlineData("\"C:\\\\x\\\\..\\\\y\"")]
    public void A_path_is_absolute_and_in_its_shortest_form(string path) =>
        Reading.Yaml(Reading.ConfigFile("content: x", path: path)).Complaints().Should().StartWith("spec.path must be a file's absolute path without `.`, `..` and empty parts");

    [Theory]
    [InlineData("/etc/.profile")]
    [InlineData("/a")]
    [InlineData("/etc/..data")]
    [InlineData("\"C:\\\\ProgramData\\\\x.ini\"")]
    public void A_usual_path_is_taken(string path) =>
        Reading.Yaml(Reading.ConfigFile("content: x", path: path)).Problems.Should().BeEmpty();

    [Fact]
    public void Two_manifests_for_one_path_are_refused() =>
        Reading.Yaml(Reading.ConfigFile("content: x") + "---\n" + Reading.ConfigFile("content: y", name: "other")).Complaints().Should().Be(
            "ConfigFile/other and ConfigFile/motd both write /etc/motd (a.yaml:9:1): remove one of them; the other is at a.yaml:1:1");
}
