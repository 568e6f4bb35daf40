using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Tests.Manifests;

public sealed class SelectorTests
{
    [Theory]
    [InlineData("{}", true)]
    [InlineData("{matchLabels: {site: berlin}}", true)]
    [InlineData("{matchLabels: {site: paris}}", false)]
    [InlineData("{matchLabels: {site: berlin, role: till}}", false)]
    [InlineData("{matchExpressions: [{key: site, operator: In, values: [paris, berlin]}]}", true)]
    [InlineData("{matchExpressions: [{key: role, operator: In, values: [till]}]}", false)]
    [InlineData("{matchExpressions: [{key: site, operator: NotIn, values: [berlin]}]}", false)]
    [InlineData("{matchExpressions: [{key: role, operator: NotIn, values: [till]}]}", true)]
    [InlineData("{matchExpressions: [{key: site, operator: Exists}]}", true)]
    [InlineData("{matchExpressions: [{key: role, operator: Exists}]}", false)]
    [InlineData("{matchExpressions: [{key: role, operator: DoesNotExist}]}", true)]
    [InlineData("{matchLabels: {site: berlin}, matchExpressions: [{key: site, operator: DoesNotExist}]}", false)]
    public void A_selector_chooses_devices_by_their_labels(string selector, bool chosen) =>
        Reading.Yaml(Reading.Module($"deviceSelector: {selector}")).State!.Resources.Count.Should().Be(chosen ? 1 : 0);

    [Fact]
    public void A_manifest_for_other_devices_may_use_variables_that_this_one_lacks() =>
        Reading.Yaml(Reading.Module("deviceSelector: {matchLabels: {site: paris}}\nuser: ${vars.only-in-paris}\nports: [\"${vars.port-in-paris}:80\"]"))
            .State!.Resources.Should().BeEmpty();

    [Fact]
    public void A_mistake_in_a_manifest_for_other_devices_is_reported() =>
        Reading.Yaml(Reading.Module("deviceSelector: {matchLabels: {site: paris}}\nusr: x")).Complaints().Should().Contain("did you mean `user`?");

    [Theory]
    [InlineData("{matchLabel: {site: berlin}}", "did you mean `matchLabels`?")]
    [InlineData("{matchLabels: {site: \"${vars.registry}\"}}", "spec.deviceSelector.matchLabels.site must be a label's value of letters, digits, `.`, `_` and `-` (variables have no place here)")]
    [InlineData("{matchExpressions: [{key: site, operator: in, values: [a]}]}", "did you mean `In`?")]
    [InlineData("{matchExpressions: [{key: site, operator: In}]}", "spec.deviceSelector.matchExpressions[0] needs `values` when `operator` is `In` or `NotIn`")]
    [InlineData("{matchExpressions: [{key: site, operator: Exists, values: [a]}]}", "`values` in spec.deviceSelector.matchExpressions[0] has no effect unless `operator` is `In` or `NotIn`")]
    [InlineData("{matchExpressions: [{operator: Exists}]}", "spec.deviceSelector.matchExpressions[0].key is missing")]
    [InlineData("[site]", "spec.deviceSelector must be a mapping, not a list")]
    public void A_wrong_selector_is_refused(string selector, string problem) =>
        Reading.Yaml(Reading.Module($"deviceSelector: {selector}")).Complaints().Should().Contain(problem);

    [Fact]
    public void Without_a_device_every_selector_matches() =>
        Reading.Files(RenderContext.AnyDevice, ("a.yaml", Reading.Module("deviceSelector: {matchLabels: {site: paris}}"))).State!.Resources.Should().ContainSingle();
}
