using Xunit.Abstractions;

[assembly: TestCollectionOrderer("EdgeOperator.IntegrationTests.SharedFixturesFirst", "EdgeOperator.IntegrationTests")]

namespace EdgeOperator.IntegrationTests;

/// <summary>Collections with a definition have many classes, which run one after the other: begun last, they would keep the others' threads waiting.</summary>
public sealed class SharedFixturesFirst : ITestCollectionOrderer
{
    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderBy(collection => collection.CollectionDefinition is null);
}
