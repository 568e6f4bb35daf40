using System.Text.RegularExpressions;
using EdgeOperator.Core.Manifests.Nodes;

namespace EdgeOperator.Core.Manifests.Schema;

/// <summary>What the keys of a free mapping must be.</summary>
/// <param name="What">For people: <c>a label's key</c>.</param>
/// <param name="Fix">How a good key looks.</param>
internal sealed record KeyRule(Regex Pattern, string What, string Fix)
{
    public bool Check(string key, Position where, FieldContext context)
    {
        if (Pattern.IsMatch(key) && !key.EndsWith('\n'))
            return true;
        context.Problems.Add(where, $"{Quote.Short(key)} in {context.Path} is not {What}", Fix);
        return false;
    }
}
