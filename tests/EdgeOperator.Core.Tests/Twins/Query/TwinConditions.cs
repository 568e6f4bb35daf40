using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Core.Tests.Twins.Query;

/// <summary>Tags and conditions over them that often meet, with values that are close to each other.</summary>
public static class TwinConditions
{
    private static readonly Gen<string> Paths = Gen.Elements("tags.a", "tags.b", "TAGS.a.b", "tags.a.b.c", "tags.B", "deviceId", "DeviceID", "properties.reported.a");

    private static readonly Gen<string> Values = Gen.Elements("1", "1.0", "-1", "0", "-0", "'1'", "'x'", "'X'", "''", "true", "false", "null", "'d1'", "'d2'", "0.1", "1e300", "'\u0000'", "undefined", "tags.b");

    /// <param name="depth">Of operators inside one another.</param>
    public static Gen<string> Conditions(int depth)
    {
        var comparison = Paths.Zip(Gen.Elements("=", "=", "=", "!=", "<", ">=")).Zip(Values).Select(p => $"{p.Item1.Item1} {p.Item1.Item2} {p.Item2}");
        var among = Paths.Zip(Gen.Elements("IN", "NIN")).Zip(Values.NonEmptyListOf()).Select(p => $"{p.Item1.Item1} {p.Item1.Item2} [{string.Join(", ", p.Item2.Take(4))}]");
        var simple = Gen.OneOf(comparison, among);
        return depth == 0 ? simple : Gen.OneOf(
            simple,
            Conditions(depth - 1).Zip(Conditions(depth - 1)).Select(pair => $"({pair.Item1}) AND ({pair.Item2})"),
            Conditions(depth - 1).Zip(Conditions(depth - 1)).Select(pair => $"({pair.Item1}) OR ({pair.Item2})"),
            Conditions(depth - 1).Select(inner => $"NOT ({inner})"));
    }

    /// <returns>JSON.</returns>
    public static Gen<string> Tags()
    {
        var scalar = Gen.Elements("1", "1.0", "-1", "0", "-0.0", "\"1\"", "\"x\"", "\"X\"", "\"\"", "true", "false", "null", "0.1", "0.1000000000000000055", "1e300", "\"\\u0000\"", "[1]", "\"d1\"");
        var inner = Gen.OneOf(scalar, scalar.Select(v => $"{{\"b\":{v}}}"), scalar.Select(v => $"{{\"b\":{{\"c\":{v}}}}}"));
        return inner.Zip(inner).Zip(scalar).Zip(Gen.Choose(0, 7)).Select(p => "{" + string.Join(',', ((string[])[$"\"a\":{p.Item1.Item1.Item1}", $"\"b\":{p.Item1.Item1.Item2}", $"\"B\":{p.Item1.Item2}"]).Where((_, i) => (p.Item2 & (1 << i)) != 0)) + "}");
    }
}
