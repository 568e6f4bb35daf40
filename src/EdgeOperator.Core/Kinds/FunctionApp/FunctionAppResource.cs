using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Kinds.FunctionApp;

/// <summary>An Azure Functions app on the device.</summary>
public sealed record FunctionAppResource : Resource
{
    public required FunctionAppSpec App { get; init; }

    public override string SpecHash => App.Hash;
}
