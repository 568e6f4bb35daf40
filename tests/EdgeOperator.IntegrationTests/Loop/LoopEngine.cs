using EdgeOperator.IntegrationTests.Kinds.EdgeModule;

namespace EdgeOperator.IntegrationTests.Loop;

/// <summary>An engine of their own for the loop's tests, so that they run beside those of modules.</summary>
[CollectionDefinition(Name)]
public sealed class LoopEngine : ICollectionFixture<EngineFixture>
{
    public const string Name = "loop engine";
}
