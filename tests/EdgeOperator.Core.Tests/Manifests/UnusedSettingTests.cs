using System.Text;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Tests.Manifests;

public sealed class UnusedSettingTests
{
    [Theory]
    [InlineData("sources: [{git: {url: \"https://example.com/r\", auth: {sshKeyFile: /k}}}]", "git.auth.sshKeyFile has no effect: `url` is not one of ssh")]
    [InlineData("sources: [{git: {url: \"ssh://git@example.com/r\", auth: {tokenFile: /t}}}]", "git.auth.tokenFile has no effect: `url` is not one of https")]
    [InlineData("sources: [{git: {url: \"file:///r\", auth: {knownHostsFile: /k}}}]", "git.auth.knownHostsFile has no effect: `url` is not one of ssh")]
    [InlineData("sources: [{git: {url: \"https://example.com/r\", auth: {tokenUser: me}}}]", "git.auth.tokenUser has no effect: there is no `tokenFile`")]
    [InlineData("sources: [{git: {url: \"https://example.com/r\", verify: {mode: none, allowRewind: true}}}]", "git.verify.allowRewind has no effect: `mode` is not signed")]
    [InlineData("sources: [{git: {url: \"https://example.com/r\", ref: {branch: main}, verify: {mode: signed, tags: HEAD, keys: {gpgKeyring: /k}}}}]", "git.verify.tags has no effect: `ref` follows no tags")]
    [InlineData("telemetry: {otlpProtocol: grpc}", "telemetry.otlpProtocol has no effect: there is no `otlpEndpoint`")]
    [InlineData("api: {metrics: \"off\", metricsHosts: [device.local]}", "api.metricsHosts has no effect: `metrics` is off")]
    public void A_setting_of_the_agent_without_an_effect_is_warned_of(string spec, string warning)
    {
        var read = Read(spec);

        read.Problems.Should().BeEmpty();
        read.Warnings.Should().ContainSingle().Which.What.Should().Be(warning);
    }

    [Theory]
    [InlineData("sources: [{git: {url: \"git@example.com:r\", auth: {sshKeyFile: /k, knownHostsFile: /h}}}]")]
    [InlineData("sources: [{git: {url: \"https://example.com/r\", auth: {tokenFile: /t, tokenUser: me, caFile: /c}}}]")]
    [InlineData("sources: [{git: {url: \"https://example.com/r\", ref: {semver: 1.x}, verify: {mode: signed, tags: HEAD, allowRewind: true, keys: {gpgKeyring: /k}}}}]")]
    [InlineData("telemetry: {otlpEndpoint: \"http://127.0.0.1:4317\", otlpProtocol: grpc}")]
    public void Others_are_not(string spec) => Read(spec).Warnings.Should().BeEmpty();

    private static AgentConfigurationResult Read(string spec) => AgentConfigurationReader.Read(new(
        "agent.yaml", Encoding.UTF8.GetBytes($"apiVersion: edgeoperator.io/v1alpha1\nkind: AgentConfiguration\nmetadata: {{name: d}}\nspec:\n  device: {{name: d}}\n  {spec}\n")));
}
