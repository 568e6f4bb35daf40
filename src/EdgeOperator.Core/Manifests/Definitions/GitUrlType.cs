using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Core.Manifests.Definitions;

/// <summary>A repository's address: <c>https://</c>, <c>http://</c>, <c>ssh://</c>, <c>file://</c>, <c>user@host:path</c> or an absolute path.</summary>
internal sealed partial class GitUrlType : ScalarType
{
    public static GitUrlType Instance { get; } = new();

    public override string Expected => "a repository's address with https, ssh or file";

    protected override JsonNode? Read(ScalarNode scalar, FieldContext context)
    {
        if (Password().IsMatch(scalar.Text))
        {
            // The address is not repeated: it holds a secret.
            context.Problems.Add(scalar.Where, $"{context.Path} holds a password or token", "put it into a file and name that in `auth.tokenFile`");
            return null;
        }
        if (!Form().IsMatch(scalar.Text) || scalar.Text.Any(char.IsControl))
            return Mismatch(scalar, context, "write https://host/path, ssh://user@host/path, user@host:path or file:///path");
        if (scalar.Text.StartsWith("http://", StringComparison.Ordinal))
            context.Problems.Warn(scalar.Where, $"{context.Path} is fetched without encryption", "use https, or `verify` the commits");
        return JsonValue.Create(scalar.Text);
    }

    protected override JsonNode Sample(string placeholder) => JsonValue.Create("https://example.org/any");

    protected override JsonObject Schema() => new() { ["type"] = "string", ["pattern"] = Form().ToString() };

    [GeneratedRegex("^[A-Za-z+]+://[^/@]*:[^/@]*@")]
    private static partial Regex Password();

    [GeneratedRegex("^((https?|ssh)://[^/\\s-][^\\s]*|file:///[^\\s]*|/[^\\s]*|[A-Za-z0-9_.][A-Za-z0-9_.-]*@[A-Za-z0-9.\\[][A-Za-z0-9.:\\]-]*:[^\\s:][^\\s]*)$")]
    private static partial Regex Form();
}
