using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Definitions;
using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Core.Repositories;

internal static class RepositoryDefinition
{
    public static KindDefinition Kind { get; } = new(
        KindNames.Repository,
        "A Git repository that a hub follows: fleets come out of it, and what their devices are to be.",
        new(
        [
            .. SourceDefinition.Repository("The folder with manifests of kind Fleet, which the hub keeps its fleets equal to; absent means the whole repository. Manifests of other kinds there are the devices' own."),
            new("webhook", Webhook(), "Has the repository fetched at once when its server says that something was pushed."),
        ]))
    {
        IsDeviceSide = false,
        IsForHub = true,
    };

    private static ObjectType Webhook() => new(
        new Field("secretFile", Names.AbsolutePath, "A file on the hub with the secret that the server signs its calls with, or sends along.") { Required = true });
}
