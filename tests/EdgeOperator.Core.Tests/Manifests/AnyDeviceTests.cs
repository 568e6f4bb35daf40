using EdgeOperator.Core.Manifests;
using static EdgeOperator.Core.Tests.Manifests.Reading;

namespace EdgeOperator.Core.Tests.Manifests;

/// <summary>What can be said of manifests together without knowing the device.</summary>
public sealed class AnyDeviceTests
{
    private const string Berlin = "deviceSelector: {matchLabels: {site: berlin}}\n";
    private const string Paris = "deviceSelector: {matchLabels: {site: paris}}\n";
    private const string NotBerlin = "deviceSelector: {matchExpressions: [{key: site, operator: NotIn, values: [berlin]}]}\n";
    private const string Tills = "deviceSelector: {matchExpressions: [{key: till, operator: Exists}]}\n";

    [Theory]
    [InlineData("dependsOn: [EdgeModule/db]", "EdgeModule/web depends on EdgeModule/db, which is not among these manifests (a.yaml:7:15)")]
    [InlineData("dependsOn: [EdgeModule/wob]", "did you mean `EdgeModule/wab`?")]
    public void A_dependency_that_nothing_defines_is_a_problem(string spec, string problem) =>
        Of(Module(spec), Module(name: "wab")).Should().Contain(problem);

    [Theory]
    [InlineData("", Berlin, "EdgeModule/web depends on EdgeModule/db, which a device with site other than berlin would not have", "no site")]
    [InlineData(Paris, Berlin, "which a device with site=paris would not have")]
    [InlineData(Berlin, Tills, "which a device with site=berlin and no till would not have")]
    public void A_dependency_that_some_device_would_lack_is_a_problem(string own, string others, params string[] problem) =>
        problem.Should().Contain(text => Of(Module(own + "dependsOn: [EdgeModule/db]"), Module(others, "db")).Contains(text));

    [Theory]
    [InlineData("", "")]
    [InlineData(Berlin, "")]
    [InlineData(Berlin, Berlin)]
    public void A_dependency_that_every_such_device_has_is_in_order(string own, string others) =>
        Of(Module(own + "dependsOn: [EdgeModule/db]"), Module(others, "db")).Should().BeEmpty();

    [Fact]
    public void A_dependency_may_be_defined_for_some_devices_here_and_for_all_others_there() =>
        Of(Module("dependsOn: [EdgeModule/db]"), Module(Berlin, "db"), Module(NotBerlin, "db")).Should().BeEmpty();

    [Fact]
    public void A_dependency_that_has_problems_of_its_own_is_not_missing() =>
        Of(Module("dependsOn: [EdgeModule/db]"), Module("usr: x", "db")).Split('\n').Should().ContainSingle().Which.Should().Contain("did you mean `user`?");

    [Fact]
    public void A_dependency_of_another_source_is_not_missing() =>
        Files(RenderContext.AnyDevice with { Elsewhere = [new("EdgeModule", "db")] }, ("a.yaml", Module("dependsOn: [EdgeModule/db]"))).Problems.Should().BeEmpty();

    [Theory]
    [InlineData("EdgeModule/aa → EdgeModule/aa", "aa:aa")]
    [InlineData("EdgeModule/aa → EdgeModule/bb → EdgeModule/aa", "aa:bb", "bb:aa")]
    [InlineData("EdgeModule/aa → EdgeModule/bb → EdgeModule/cc → EdgeModule/aa", "aa:bb", "bb:cc", "cc:aa")]
    public void A_cycle_is_a_problem_once(string cycle, params string[] modules) =>
        Of([.. modules.Select(m => Module($"dependsOn: [EdgeModule/{m[3..]}]", m[..2]))]).Should().EndWith($"the dependencies form a cycle: {cycle} (a.yaml:1:1): remove one of them").And.NotContain("\n");

    [Fact]
    public void A_cycle_that_no_device_can_have_is_none() =>
        Of(Module(Berlin + "dependsOn: [EdgeModule/bb]", "aa"), Module("", "bb"), Module(Paris + "dependsOn: [EdgeModule/aa]", "cc"), Module(Paris, "aa"))
            .Should().BeEmpty();

    [Theory]
    [InlineData("", Berlin, "EdgeModule/web is defined twice on a device with site=berlin")]
    [InlineData(Berlin, Tills, "EdgeModule/web is defined twice on a device with site=berlin and till")]
    [InlineData("", "", "EdgeModule/web is defined twice (a.yaml:9:1): remove")]
    [InlineData(Berlin, Paris, "")]
    [InlineData(Berlin, NotBerlin, "")]
    public void A_name_is_there_twice_where_one_device_can_match_both(string one, string other, string problem)
    {
        if (problem.Length == 0)
            Of(Module(one), Module(other)).Should().BeEmpty();
        else
            Of(Module(one), Module(other)).Should().Contain(problem);
    }

    [Theory]
    [InlineData("ports: ['8080:80']", "ports: ['8080:81']", "EdgeModule/two and EdgeModule/one both listen on port 8080")]
    [InlineData("ports: ['8080:80']", "ports: ['127.0.0.1:8080:81']", "both listen on port 8080")]
    [InlineData("ports: ['127.0.0.1:8080:80']", "ports: ['127.0.0.2:8080:81']", "")]
    [InlineData("ports: ['8080:80']", "ports: ['8080:80/udp']", "")]
    [InlineData("ports: ['80']", "ports: ['80']", "")]
    [InlineData("ports: ['8080:80']", "ports: ['8080:81']\nrestartPolicy: never", "")]
    [InlineData("ports: ['8080:80']", "ports: ['8080:81']\nstatus: stopped", "")]
    [InlineData("ports: [{container: 80, host: \"${vars.one}\"}]", "ports: [{container: 80, host: \"${vars.other}\"}]", "")]
    [InlineData(Berlin + "ports: ['8080:80']", "ports: ['8080:81']", "both listen on port 8080 on a device with site=berlin")]
    [InlineData(Berlin + "ports: ['8080:80']", Paris + "ports: ['8080:81']", "")]
    [InlineData("createOptions: {NetworkingConfig: {EndpointsConfig: {n: {IPAMConfig: {IPv4Address: 10.9.0.7}}}}}", "createOptions: {NetworkingConfig: {EndpointsConfig: {n: {IPAMConfig: {IPv4Address: 10.9.0.7}}}}}", "both have the address 10.9.0.7 in the network n")]
    public void Two_modules_can_not_have_the_same_port_or_address(string one, string other, string problem)
    {
        if (problem.Length == 0)
            Of(Module(one, "one"), Module(other, "two")).Should().BeEmpty();
        else
            Of(Module(one, "one"), Module(other, "two")).Should().Contain(problem);
    }

    [Fact]
    public void Two_modules_of_one_device_can_not_have_the_same_port() =>
        Files(("a.yaml", Module("ports: ['8080:80']", "one")), ("b.yaml", Module("ports: ['8080:81']", "two"))).Complaints().Should().Contain("both listen on port 8080");

    [Theory]
    [InlineData("/etc/app.conf", "/etc/app.conf", "both write /etc/app.conf")]
    [InlineData("/etc/app", "/etc/app/app.conf", "ConfigFile/b writes /etc/app/app.conf, and ConfigFile/a writes a file in the place of its folder /etc/app")]
    [InlineData("/etc/app", "/etc/application/app.conf", "")]
    [InlineData("/etc/${vars.name}", "/etc/${vars.name}", "")]
    public void Two_files_can_not_be_in_one_place(string one, string other, string problem)
    {
        if (problem.Length == 0)
            Of(ConfigFile("content: x", "a", one), ConfigFile("content: x", "b", other)).Should().BeEmpty();
        else
            Of(ConfigFile("content: x", "a", one), ConfigFile("content: x", "b", other)).Should().Contain(problem);
    }

    private static string Of(params string[] manifests) => string.Join('\n', Files(RenderContext.AnyDevice, [("a.yaml", string.Join("---\n", manifests))]).Problems);
}
