using System.Text;
using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Manifests;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Core.Tests.Manifests;

/// <summary>Whatever a source holds, reading it ends with a state or with problems.</summary>
public sealed class FuzzTests
{
    private static readonly Config Often = Config.QuickThrowOnFailure.WithMaxTest(2_000);

    /// <summary>What means something to the parsers or to the language.</summary>
    private static readonly string[] Pieces =
    [
        ":", ": ", "- ", "\n", "\n  ", "\t", "{", "}", "[", "]", ",", "\"", "'", "|", ">", "|2-", "&a ", "*a", "<<: ", "!", "!!int ", "? ", "#", "%YAML 1.2\n", "---\n", "...\n",
        "\\u0000", "\\", "\0", "\uFEFF", "\r", "é", "😀", "${", "$${", "}", "${vars.port}", "${vars.x:-", "${device.name}", "null", "~", "0644", "0x", "1e999", "-1", "99999999999999999999",
        "apiVersion: edgeoperator.io/v1alpha1\n", "kind: EdgeModule\n", "kind: ConfigFile\n", "metadata: {name: a}\n", "spec:\n", "  image: a\n", "  ports: ", "  env: ", "  source: ", "a.yaml", "..", "/",
        "8080:80", "64Mi", "30s", "//", "/*", "modulesContent: ", "\"$edgeAgent\": ", "createOptions: ", "deviceSelector: ", "matchExpressions: ",
    ];

    private static readonly string[] Valid =
    [
        Reading.Module("env: &e {A: 1, B: {value: x}}\nports: [80, \"8080:80/tcp\"]\nvolumes: [\"data:/data:ro\"]\nlabels: {<<: *e, C: \"${device.name}\"}\nhealth: {http: {port: 80}}"),
        Reading.ConfigFile("content: |\n  a ${vars.port}\n  b\nmode: 0644\nonChange: {run: [a, b]}"),
        "apiVersion: edgeoperator.io/v1alpha1\nkind: AgentConfiguration\nspec:\n  device: {name: d, labels: {a: b}}\n  sources: [{git: {url: https://h/x, ref: {semver: 1.x}}}]\n  engine: auto\n",
        """{"apiVersion": "edgeoperator.io/v1alpha1", "kind": "EdgeModule", "metadata": {"name": "a"}, "spec": {"image": "a:1", "createOptions": "{\"Env\": [\"A=b\"]}"}}""",
    ];

    [Fact]
    public void Any_bytes_give_a_state_or_problems() =>
        Prop.ForAll(Gen.Choose(0, 255).Select(b => (byte)b).ArrayOf().ToArbitrary(), Ends).Check(Often);

    [Fact]
    public void Any_mixture_of_the_languages_pieces_gives_a_state_or_problems() =>
        Prop.ForAll(Gen.Elements(Pieces).ArrayOf().Select(pieces => Encoding.UTF8.GetBytes(string.Concat(pieces))).ToArbitrary(), Ends).Check(Often);

    [Fact]
    public void Any_damage_to_valid_manifests_gives_a_state_or_problems() => Prop.ForAll(Damaged.ToArbitrary(), Ends).Check(Often);

    [Fact]
    public void Any_values_of_variables_give_a_state_or_problems() =>
        Prop.ForAll(Gen.Elements(Pieces).ArrayOf().Select(string.Concat).ToArbitrary(), value =>
        {
            var device = Reading.Device("d", [("site", value)], [("x", value)]);
            var manifest = Reading.Module("user: ${vars.x}\nstartupOrder: ${vars.x}\nports: [\"${vars.x}\"]\nenv: {A: \"${device.labels.site}\"}\ncreateOptions: '{\"Env\": [\"${vars.x}\"]}'", name: "n${vars.x}");
            return IsWhole(Reading.Files(new RenderContext(device), ("a.yaml", manifest)));
        }).Check(Often);

    [Fact]
    public void Reading_the_same_twice_gives_the_same() =>
        Prop.ForAll(Damaged.ToArbitrary(), bytes =>
        {
            var (one, two) = (Read("a.yaml", bytes), Read("a.yaml", bytes));
            return one.Problems.SequenceEqual(two.Problems) && one.Warnings.SequenceEqual(two.Warnings)
                && Hashes(one).SequenceEqual(Hashes(two));
        }).Check(Often);

    [Fact]
    public void Every_problem_says_in_one_line_what_where_and_what_to_do() =>
        Prop.ForAll(Damaged.ToArbitrary(), bytes =>
        {
            var lines = Encoding.UTF8.GetString(bytes).Split('\n', '\r');
            foreach (var problem in Read("a.yaml", bytes).Problems)
            {
                problem.What.Should().NotBeEmpty();
                problem.Fix.Should().NotBeEmpty();
                problem.ToString().Should().NotContain("\n");
                problem.Where.File.Should().Be("a.yaml");
                problem.Where.Line.Should().BeInRange(1, lines.Length + 1);
                problem.Where.Column.Should().BeInRange(1, lines.Max(l => l.Length) + 2);
            }
        }).Check(Often);

    private static Gen<byte[]> Damaged =>
        from text in Gen.Elements(Valid)
        from edits in Gen.Choose(1, 5)
        from damaged in Enumerable.Range(0, edits).Aggregate(Gen.Constant(text), (soFar, _) => soFar.SelectMany(Edited))
        select Encoding.UTF8.GetBytes(damaged);

    /// <summary>Takes some characters out and puts a piece in.</summary>
    private static Gen<string> Edited(string text) =>
        from at in Gen.Choose(0, text.Length)
        from taken in Gen.Choose(0, Math.Min(8, text.Length - at))
        from piece in Gen.Elements(Pieces).Or(Gen.Constant(""))
        select text[..at] + piece + text[(at + taken)..];

    private static bool Ends(byte[] bytes)
    {
        var agent = AgentConfigurationReader.Read(new("agent.yaml", bytes));
        return IsWhole(Read("a.yaml", bytes)) && IsWhole(Read("a.json", bytes)) && IsWhole(Read("a.yaml", bytes, RenderContext.AnyDevice))
            && agent.Configuration is null == !agent.Problems.IsEmpty;
    }

    private static bool IsWhole(ReadResult result) => result.State is null == !result.Problems.IsEmpty;

    private static ReadResult Read(string path, byte[] bytes, RenderContext? context = null) =>
        ManifestReader.Read(RegisteredKinds.All.Manifests, "r", [new("main", [new(path, bytes)])], context ?? new(Reading.Till));

    private static IEnumerable<string> Hashes(ReadResult result) => result.State?.Resources.Select(r => $"{r.Key} {r.Value.SpecHash}") ?? [];
}
