using System.Text.Json.Nodes;
using EdgeOperator.Core.Kinds.ConfigFile;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;
using EdgeOperator.Core.Tests.Manifests;

namespace EdgeOperator.Core.Tests.Planning;

public sealed class PlanDetailTests
{
    [Theory]
    [InlineData("image: a:1", "image: a:2", "image: a:1 → a:2")]
    [InlineData("readOnly: true", "readOnly: true\nuser: app", "user: + app")]
    [InlineData("env: {A: '1', B: '2'}", "env: {A: '1', B: '3'}", "env.B: 2 → 3")]
    [InlineData("env: {A: '1'}", "user: app", "env.A: - 1", "user: + app")]
    [InlineData("ports: ['80:80', '81:81']", "ports: ['80:80', '82:81', '83:83']", "ports: - 81:81", "ports: + 82:81", "ports: + 83:83")]
    [InlineData("ports: ['80:80']", "ports: ['81:80']", "ports: 80:80 → 81:80")]
    [InlineData("networks: [a, b]", "networks: [b, a]", "networks: one order → another order")]
    [InlineData("env: {DB_PASSWORD: one}", "env: {DB_PASSWORD: other}", "env.DB_PASSWORD: *** (another value)")]
    [InlineData("command: [a, b]", "command: [a, c]", "command: b → c")]
    [InlineData("readOnly: true", "readOnly: false", "readOnly: true → false")]
    public void A_difference_is_told_field_by_field(string before, string after, params string[] changes) =>
        FieldChanges.Between(Spec(before), Spec(after)).Select(change => change.ToString()).Should().Equal(changes);

    [Fact]
    public void Of_a_text_with_several_lines_only_those_that_differ_are_told() =>
        FieldChanges.Between(new() { ["content"] = "a\nb\nc\n" }, new() { ["content"] = "a\nc\nd\ne\n" }).Select(change => change.ToString())
            .Should().Equal("content: - b", "content: + d", "content: + e");

    [Fact]
    public void A_plan_shows_what_differs_below_the_steps_and_sums_up()
    {
        var (web, motd, old) = (new ResourceId("EdgeModule", "web"), new ResourceId("ConfigFile", "motd"), new ResourceId("EdgeModule", "old"));
        var before = Read(Reading.Module("env: {LEVEL: '1'}"), Reading.Module("", "old"));
        var after = Read(Reading.Module("env: {LEVEL: '2'}"), Reading.ConfigFile("content: hi"));
        var plan = new Plan(
            [
                new PullImage(web, "it changes", "nginx:1", Optional: true),
                new WriteFile(motd, "it is missing", "/etc/motd", "h"),
                new CreateContainer(web, "its options change", "web", "s"),
                new StartContainer(web, "it is new", null),
                new RunAction(motd, "it changed", "/etc/motd", new FileAction.RestartModule("web")),
                new StopContainer(old, "it is no longer desired", "c1", null),
                new RemoveImage(new("Image", "sha256:1"), "no kept revision names it", "sha256:1"),
            ],
            []);

        var text = PlanText.Render(plan, PlanDetail.Of(plan, after, before));

        text.Should().Contain("~ write /etc/motd: it is missing\n+ create EdgeModule/web s: its options change\n    env.LEVEL: 1 → 2\n~ start EdgeModule/web new: it is new\n");
        text.Should().EndWith("\n1 to add, 1 to change, 1 to remove; 1 restart\n");
    }

    [Fact]
    public void A_file_of_the_source_that_changed_is_told_although_the_manifest_is_the_same()
    {
        var id = new ResourceId("ConfigFile", "motd");
        var plan = new Plan([new WriteFile(id, "its content differs", "/etc/motd", "h")], []);

        PlanDetail.Of(plan, WithFile("new"), WithFile("old")).Fields[id].Should().ContainSingle().Which.Path.Should().Be("files of the source");

        static DesiredState WithFile(string content) => Reading.Files(("a.yaml", Reading.ConfigFile("source: motd.txt")), ("motd.txt", content)).State!;
    }

    [Fact]
    public void What_is_only_restarted_or_held_is_counted_as_that()
    {
        var web = new ResourceId("EdgeModule", "web");
        var plan = new Plan([new RestartContainer(web, "it is unhealthy", "c1", null)], [new(new("EdgeModule", "db"), BlockedReason.Suspended, "it is suspended", null, false)]);

        PlanSummary.Of(plan, Read(Reading.Module(), Reading.Module("", "db")), null).ToString().Should().Be("1 restart; 1 blocked");
    }

    [Fact]
    public void An_imported_module_is_shown_in_the_language_of_modules()
    {
        var state = Reading.Files(("deployment.json", """
            {"modulesContent": {"$edgeAgent": {"properties.desired": {"schemaVersion": "1.1", "modules": {
              "sensor": {"type": "docker", "settings": {"image": "sensor:1", "createOptions": "{\"Env\":[\"TOKEN=abc\"]}"}, "restartPolicy": "always", "status": "running"}
            }}}}}
            """)).State!;

        var spec = state.Manifests[new("EdgeModule", "sensor")].Spec();

        spec["image"]!.GetValue<string>().Should().Be("sensor:1");
        spec["createOptions"]!["Env"]!.ToJsonString().Should().Be("""["TOKEN=abc"]""");
        Redaction.Of(spec)!.ToJsonString().Should().NotContain("abc");
    }

    private static DesiredState Read(params string[] manifests) => Reading.Yaml(string.Join("---\n", manifests)).State!;

    /// <summary>Of a manifest with this spec, which need not be complete.</summary>
    private static JsonObject Spec(string spec)
    {
        var named = spec.Contains("image:", StringComparison.Ordinal) ? spec : $"image: a\n{spec}";
        var manifest = $"apiVersion: edgeoperator.io/v1alpha1\nkind: EdgeModule\nmetadata: {{name: web}}\nspec:\n  {named.Replace("\n", "\n  ", StringComparison.Ordinal)}\n";
        return Reading.Yaml(manifest).State!.Manifests.Values.Single().Spec();
    }
}
