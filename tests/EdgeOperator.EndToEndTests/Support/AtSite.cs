namespace EdgeOperator.EndToEndTests.Support;

/// <summary>The tests that share a <see cref="Site"/>; they run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class AtSite : ICollectionFixture<Site>
{
    public const string Name = "site";
}
