using System.Text.Json.Nodes;
using EdgeOperator.Core.Twins.Configurations;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Core.Tests.Twins.Configurations;

/// <summary>Of any set of configurations, whatever a device went through before.</summary>
public sealed class ConfigurationProperties
{
    private static readonly string[] Parts = ["a", "a.b", "a.b.c", "d"];

    [Fact]
    public void The_order_of_configurations_does_not_matter() => Prop.ForAll(Sets, set =>
    {
        var (one, other) = (new ConfiguredTwins(), new ConfiguredTwins());
        one.Apply(set);
        other.Apply(set.Reverse());
        return one.Everything() == other.Everything();
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Applying_twice_changes_nothing() => Prop.ForAll(Sets, set =>
    {
        var device = new ConfiguredTwins();
        device.Apply(set);

        // A module configuration sees a module only after a deployment has made it.
        device.Apply(set);
        return device.Apply(set) == 0;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Removing_a_configuration_gives_the_result_without_it() => Prop.ForAll(Sets, Gen.Choose(0, 5).ToArbitrary(), (set, at) =>
    {
        var settings = set.Where(c => c.Kind == ConfigurationKind.Devices).ToArray();
        var left = settings.Where((_, i) => i != at).ToArray();
        var (one, other) = (new ConfiguredTwins(), new ConfiguredTwins());
        one.Apply(settings);
        one.Apply(left);
        other.Apply(left);
        return one.Everything() == other.Everything();
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void While_a_deployment_is_left_removing_another_gives_the_result_without_it() => Prop.ForAll(Sets, set =>
    {
        var last = ConfiguredTwins.Deployment("last", 0, """{"$edgeAgent":{"properties.desired":{"modules":{}}},"m0":{"properties.desired":{}},"m1":{"properties.desired":{}}}""");
        var (one, other) = (new ConfiguredTwins(), new ConfiguredTwins());
        one.Apply([.. set.Where(c => c.Kind == ConfigurationKind.Edge), last]);
        one.Apply(last);
        other.Apply(last);
        return one.Everything() == other.Everything();
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_others_have_set_survives_configurations_that_come_and_go() => Prop.ForAll(Sets, set =>
    {
        var device = new ConfiguredTwins();
        device.Patch("", null, """{"mine":{"x":1}}""");
        device.Apply(set.Where(c => c.Kind == ConfigurationKind.Devices));
        device.Apply();
        return device.Desired() == """{"mine":{"x":1}}""";
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Of_those_that_are_for_a_device_each_is_applied_or_has_a_reason() => Prop.ForAll(Sets, set =>
    {
        var device = new ConfiguredTwins();
        device.Apply(set);
        var states = ConfigurationState.Read(device[""].Configurations);
        return set.Where(c => c.Kind != ConfigurationKind.Modules).Select(c => c.Id).Order(StringComparer.Ordinal).SequenceEqual(states.Keys)
            && states.Values.All(s => s.IsApplied || s.Reason!.Length > 0);
    }).QuickCheckThrowOnFailure();

    private static Arbitrary<Configuration[]> Sets => Gen.OneOf(Device, Base, Layer, OfModules).ArrayOf()
        .Select(made => made.Select((make, i) => make($"c{i}")).ToArray()).ToArbitrary();

    private static Gen<Func<string, Configuration>> Device =>
        Gen.Choose(0, 3).Zip(Gen.Elements(Parts).Zip(Gen.Elements(Parts))).Zip(Gen.Choose(1, 3)).Select(t => (Func<string, Configuration>)(id =>
            ConfiguredTwins.ForDevices(id, t.Item1.Item1, Content(t.Item1.Item2.Item1, t.Item1.Item2.Item2, t.Item2))));

    private static Gen<Func<string, Configuration>> OfModules =>
        Gen.Choose(0, 3).Zip(Gen.Elements(Parts)).Select(t => (Func<string, Configuration>)(id =>
            ConfiguredTwins.ForModules(id, t.Item1, Content(t.Item2, t.Item2, 7), "FROM devices.modules WHERE moduleId = 'm0'")));

    private static Gen<Func<string, Configuration>> Base =>
        Gen.Choose(0, 3).Zip(Gen.Choose(0, 1)).Zip(Gen.Choose(0, 2)).Select(t => (Func<string, Configuration>)(id => ConfiguredTwins.Deployment(
            id, t.Item1.Item1, $$"""{"$edgeAgent":{"properties.desired":{"modules":{"m{{t.Item1.Item2}}":{"v":"{{id}}"} } } },"m{{t.Item1.Item2}}":{"properties.desired":{"a":{"v":"{{id}}"} } } }""", day: t.Item2)));

    private static Gen<Func<string, Configuration>> Layer =>
        Gen.Choose(0, 4).Zip(Gen.Choose(0, 1)).Zip(Gen.Elements(Parts)).Select(t => (Func<string, Configuration>)(id => ConfiguredTwins.Deployment(
            id, t.Item1.Item1, $$"""{"$edgeAgent":{"properties.desired.modules.m{{t.Item1.Item2}}":{"v":"{{id}}"} },"m{{t.Item1.Item2}}":{"properties.desired.{{t.Item2}}":"{{id}}"} }""")));

    private static string Content(string first, string second, int value) =>
        new JsonObject { [$"properties.desired.{first}"] = Value(first, value), [$"properties.desired.{second}"] = Value(second, value + 1) }.ToJsonString();

    private static JsonObject Value(string part, int value) => new() { [$"v{part.Length}"] = value };
}
