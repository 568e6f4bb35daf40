using System.Text;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Secrets.Age;
using EdgeOperator.Core.Secrets.Sops;

namespace EdgeOperator.Core.Tests.Secrets.Sops;

internal static class SopsTexts
{
    /// <summary>Every value of a file, one a line: <c>a.b (str) = text</c>.</summary>
    public static IEnumerable<string> Opened(string yaml, params AgeIdentity[] identities) =>
        Read(yaml).Open(identities).Select(value => $"{string.Join('.', value.Path)} ({value.Type}) = {Encoding.UTF8.GetString(value.Bytes.Span)}");

    public static SopsFile Read(string yaml)
    {
        var problems = Problems(yaml, out var file);
        problems.Should().BeEmpty();
        return file!;
    }

    public static IEnumerable<string> Problems(string yaml, out SopsFile? file)
    {
        var problems = new ProblemCollector();
        var documents = YamlReader.Read(new("secret.yaml", Encoding.UTF8.GetBytes(yaml)), problems);
        file = problems.Count == 0 ? SopsFile.Parse(documents, problems) : null;
        return problems.SortedProblems.Select(problem => problem.ToString());
    }
}
