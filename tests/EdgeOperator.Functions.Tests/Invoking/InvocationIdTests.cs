using EdgeOperator.Functions.Invoking;

namespace EdgeOperator.Functions.Tests.Invoking;

public sealed class InvocationIdTests
{
    [Fact]
    public void Ids_are_random_GUIDs_in_lower_case()
    {
        var ids = Enumerable.Range(0, 1000).Select(_ => Invocation.NewId()).ToArray();

        ids.Should().OnlyHaveUniqueItems();
        ids.Should().OnlyContain(id => System.Text.RegularExpressions.Regex.IsMatch(id, "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"));
    }
}
