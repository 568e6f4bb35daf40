namespace EdgeOperator.Functions.Tests.Matrix;

public sealed class DataOutcomeTests(DataOutcomeTests.Fixture fixture) : OutcomeTests(fixture), IClassFixture<DataOutcomeTests.Fixture>
{
    public static TheoryData<string, string, string, string> Cases() => CasesOf("HttpRequestData");

    [Theory]
    [MemberData(nameof(Cases))]
    public Task A_call_ends_as_in_the_cloud(string kind, string happening, string trigger, string further) => EndsAsync(kind, happening, trigger, further);

    public sealed class Fixture() : OutcomeFixture("HttpRequestData");
}

public sealed class WebOutcomeTests(WebOutcomeTests.Fixture fixture) : OutcomeTests(fixture), IClassFixture<WebOutcomeTests.Fixture>
{
    public static TheoryData<string, string, string, string> Cases() => CasesOf("ASP.NET Core");

    [Theory]
    [MemberData(nameof(Cases))]
    public Task A_call_ends_as_in_the_cloud(string kind, string happening, string trigger, string further) => EndsAsync(kind, happening, trigger, further);

    public sealed class Fixture() : OutcomeFixture("ASP.NET Core");
}

public sealed class NodeOutcomeTests(NodeOutcomeTests.Fixture fixture) : OutcomeTests(fixture), IClassFixture<NodeOutcomeTests.Fixture>
{
    public static TheoryData<string, string, string, string> Cases() => CasesOf("Node.js v4");

    [Theory]
    [MemberData(nameof(Cases))]
    public Task A_call_ends_as_in_the_cloud(string kind, string happening, string trigger, string further) => EndsAsync(kind, happening, trigger, further);

    public sealed class Fixture() : OutcomeFixture("Node.js v4");
}

public sealed class NodeStreamOutcomeTests(NodeStreamOutcomeTests.Fixture fixture) : OutcomeTests(fixture), IClassFixture<NodeStreamOutcomeTests.Fixture>
{
    public static TheoryData<string, string, string, string> Cases() => CasesOf("Node.js v4 with streams");

    [Theory]
    [MemberData(nameof(Cases))]
    public Task A_call_ends_as_in_the_cloud(string kind, string happening, string trigger, string further) => EndsAsync(kind, happening, trigger, further);

    public sealed class Fixture() : OutcomeFixture("Node.js v4 with streams");
}

public sealed class OldNodeOutcomeTests(OldNodeOutcomeTests.Fixture fixture) : OutcomeTests(fixture), IClassFixture<OldNodeOutcomeTests.Fixture>
{
    public static TheoryData<string, string, string, string> Cases() => CasesOf("Node.js v3");

    [Theory]
    [MemberData(nameof(Cases))]
    public Task A_call_ends_as_in_the_cloud(string kind, string happening, string trigger, string further) => EndsAsync(kind, happening, trigger, further);

    public sealed class Fixture() : OutcomeFixture("Node.js v3");
}

public sealed class HandlerOutcomeTests(HandlerOutcomeTests.Fixture fixture) : OutcomeTests(fixture), IClassFixture<HandlerOutcomeTests.Fixture>
{
    public static TheoryData<string, string, string, string> Cases() => CasesOf("custom handler");

    [Theory]
    [MemberData(nameof(Cases))]
    public Task A_call_ends_as_in_the_cloud(string kind, string happening, string trigger, string further) => EndsAsync(kind, happening, trigger, further);

    public sealed class Fixture() : OutcomeFixture("custom handler");
}
