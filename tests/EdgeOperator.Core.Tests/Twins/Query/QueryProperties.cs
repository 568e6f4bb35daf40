using EdgeOperator.Core.Twins.Query;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Core.Tests.Twins.Query;

public sealed class QueryProperties
{
    private static readonly string[] Pieces = ["SELECT", "*", "FROM", "devices", "WHERE", "a", ".", "b", "=", "'x'", "1", "(", ")", "AND", "OR", "NOT", "IN", "[", "]", ",", "[[c]]", "is_defined", "COUNT", "GROUP", "BY", "AS", "TOP", "-", "+", "null", "undefined", "'", "\"", "0x", "é"];

    [Fact]
    public void Any_text_is_read_or_refused_with_a_position_inside_of_it() =>
        Prop.ForAll(Gen.Elements(Pieces).ArrayOf().ToArbitrary(), pieces =>
        {
            var text = string.Join(' ', pieces);
            try
            {
                TwinQuery.Parse(text);
                return true;
            }
            catch (QueryException e)
            {
                return e.Position >= 1 && e.Position <= text.Length + 1;
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void A_condition_and_its_negation_are_never_both_true() =>
        Prop.ForAll(Conditions(3).ToArbitrary(), TwinJson.Objects(withNulls: true), (condition, row) =>
            !(QueryEvaluation.Matches(TwinQuery.ParseCondition(condition), TwinJson.Object(row)) && QueryEvaluation.Matches(TwinQuery.ParseCondition($"NOT ({condition})"), TwinJson.Object(row))))
            .QuickCheckThrowOnFailure();

    private static Gen<string> Conditions(int depth)
    {
        var simple = Gen.Elements("a", "b", "a.b", "c").Zip(Gen.Elements("=", "!=", "<", ">=")).Zip(Gen.Elements("1", "'x'", "true", "null", "d"))
            .Select(parts => $"{parts.Item1.Item1} {parts.Item1.Item2} {parts.Item2}");
        return depth == 0 ? simple : Gen.OneOf(
            simple,
            Conditions(depth - 1).Zip(Conditions(depth - 1)).Select(pair => $"({pair.Item1}) AND ({pair.Item2})"),
            Conditions(depth - 1).Zip(Conditions(depth - 1)).Select(pair => $"({pair.Item1}) OR ({pair.Item2})"),
            Conditions(depth - 1).Select(inner => $"NOT ({inner})"));
    }
}
