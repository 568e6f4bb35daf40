using System.Text.Json.Nodes;
using EdgeOperator.Core.Twins.Query;

namespace EdgeOperator.Core.Twins.Configurations;

/// <summary>Which devices or modules a configuration is for: a condition of the query language; <c>*</c> for all, nothing for none.</summary>
public sealed record TargetCondition
{
    private readonly bool _isNone;
    private readonly QueryExpression? _where;

    private TargetCondition(bool isNone, QueryExpression? where) => (_isNone, _where) = (isNone, where);

    /// <summary>Whether what a device reports can bring it in or out.</summary>
    public bool ReadsReported => _where is not null && Reads(_where);

    /// <param name="text">For modules <c>FROM devices.modules WHERE …</c>, otherwise a condition; <c>FROM devices WHERE</c> may stand before it.</param>
    /// <exception cref="ConfigurationException">It is not in the language.</exception>
    public static TargetCondition Parse(string text, ConfigurationKind kind)
    {
        var trimmed = text.Trim();
        if (trimmed.Length == 0)
            return new(true, null);
        try
        {
            var target = QueryTarget.Parse(trimmed);
            if (target.Source is not { } source || (source == QuerySource.Modules) == (kind == ConfigurationKind.Modules))
                return new(false, target.Where);
            var message = kind == ConfigurationKind.Modules ? "the target condition of moduleContent does not begin with FROM devices.modules" : "the target condition is not one over devices";
            throw new ConfigurationException(message) { IsCondition = true };
        }
        catch (QueryException e)
        {
            throw new ConfigurationException($"the target condition can't be read: {e.Message}") { IsCondition = true };
        }
    }

    /// <param name="row">The twin as queries see it.</param>
    public bool Matches(JsonObject row) => !_isNone && QueryEvaluation.Matches(_where, row);

    private static bool Reads(QueryExpression expression) => expression switch
    {
        QueryExpression.Property property => IsReported(property),
        QueryExpression.IsDefined defined => IsReported(defined.Operand),
        QueryExpression.Not not => Reads(not.Operand),
        QueryExpression.Negative negative => Reads(negative.Operand),
        QueryExpression.Binary binary => Reads(binary.Left) || Reads(binary.Right),
        QueryExpression.In among => Reads(among.Operand) || among.Values.Any(Reads),
        _ => false,
    };

    private static bool IsReported(QueryExpression.Property property) =>
        property.Path[0].Equals("properties", StringComparison.OrdinalIgnoreCase) && (property.Path.Length == 1 || property.Path[1] == "reported");
}
